"""A database's address as PostgreSQL's own programs read it."""

import configparser
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, unquote

_SECTION = "looplane"
# What libpq has a word for; our driver takes all else to be a setting of the session.
_WORDS = """
host hostaddr port dbname user password passfile require_auth channel_binding connect_timeout
client_encoding options application_name fallback_application_name keepalives keepalives_idle
keepalives_interval keepalives_count tcp_user_timeout replication gssencmode sslmode
sslnegotiation sslcompression sslcert sslkey sslpassword sslcertmode sslrootcert sslcrl sslcrldir
sslsni requirepeer ssl_min_protocol_version ssl_max_protocol_version min_protocol_version
max_protocol_version krbsrvname gsslib gssdelegation target_session_attrs load_balance_hosts
service"""
_KNOWN = frozenset(_WORDS.split())


def parameters_of(dsn: str) -> dict[str, str]:
    """Every part of the address by libpq's name for it, `password` among them.

    Several hosts are one value with commas, as are their ports.
    """
    address, _, query = dsn.partition("://")[2].partition("?")
    place, _, name = address.partition("/")
    login, at, hosts = place.partition("@")
    user, _, password = (login if at else "").partition(":")
    found = {"dbname": name, "user": user, "password": password}
    found = {key: unquote(text) for key, text in found.items()}
    asked = {key: texts[-1] for key, texts in parse_qs(query).items()}
    asked["dbname"] = asked.pop("database", asked.get("dbname", ""))
    found = {**asked, **_places(hosts if at else place), **{k: v for k, v in found.items() if v}}
    return {key: text for key, text in _with_options(found).items() if text}


def _places(hosts: str) -> dict[str, str]:
    if not hosts:
        return {}
    split = [
        each.rpartition(":") if _has_port(each) else (each, "", "") for each in hosts.split(",")
    ]
    names = ",".join(unquote(name).strip("[]") for name, _, _ in split)
    ports = [port for _, _, port in split]
    return {"host": names} | ({"port": ",".join(ports)} if any(ports) else {})


def _has_port(place: str) -> bool:
    return ":" in place.rpartition("]")[2]


def _with_options(found: Mapping[str, str]) -> dict[str, str]:
    words = [found["options"]] if "options" in found else []
    for name, text in found.items():
        if name not in _KNOWN:
            value = text.replace("\\", "\\\\").replace(" ", "\\ ")
            words.append(f"-c {name}={value}")
    kept = {name: text for name, text in found.items() if name in _KNOWN}
    return kept | ({"options": " ".join(words)} if words else {})


@contextmanager
def libpq_environment(dsn: str) -> Iterator[dict[str, str]]:
    """The environment in which a program of PostgreSQL finds this database by itself.

    No list of processes shows what is in it. It holds while the context lasts.
    """
    found = parameters_of(dsn)
    found = _of_service(found.pop("service", "")) | found
    password = found.pop("password", None)
    with tempfile.NamedTemporaryFile("w", prefix="looplane-", suffix=".conf") as file:
        lines = [f"[{_SECTION}]", *(f"{name}={text}" for name, text in found.items())]
        file.write("\n".join(lines) + "\n")
        file.flush()
        ours = {"PGSERVICEFILE": file.name, "PGSERVICE": _SECTION}
        if password is not None:
            ours["PGPASSWORD"] = password
        yield {**os.environ, **ours}


def _of_service(name: str) -> dict[str, str]:
    """What the operator's own file says of a service, since one cannot name another one."""
    if not name:
        return {}
    file = os.environ.get("PGSERVICEFILE") or Path.home() / ".pg_service.conf"
    services = configparser.RawConfigParser(delimiters=("=",), strict=False)
    services.read(file)
    return dict(services[name]) if name in services else {}
