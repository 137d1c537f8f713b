"""Settings: read once from the environment, refused as a whole when anything is wrong."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from looplane.kit.embedded_pg.data_dir import default_data_dir
from looplane.kit.pooler import AUTO, POOLINGS

# Scheme, host in lower case, and a port: what stands in a browser's Origin header.
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")


# A name, or an address, and a port.
_TARGET = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")
_MAX_PORT = 65535
_MIN_SECRET_LENGTH = 32  # characters


# What Kubernetes tells every container of a service called looplane, or looplane-web: its address.
_OF_SERVICE = re.compile(
    "LOOPLANE_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
    "|PORT_[0-9]+_(TCP|UDP|SCTP)(_PROTO|_PORT|_ADDR)?)"
)
_OF_PORT = re.compile("LOOPLANE_([A-Z0-9_]+_)?PORT")
_SERVICE_ADDRESS = re.compile("(tcp|udp|sctp)://.+")


class ConfigError(Exception):
    """Names every setting that is wrong, and why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may choose; each field is `LOOPLANE_` and its name in capitals."""

    host: str = "127.0.0.1"
    port: int = 8000
    worker_port: int | None = 8001  # of a worker alone; None is `off`
    data_dir: Path = field(default_factory=default_data_dir)  # absolute
    database_url: str | None = field(default=None, repr=False)  # can hold a password
    database_pooling: str = AUTO
    pg_bin: Path | None = None
    pg_bin_old: Path | None = None
    pool_size: int = 10
    reads_per_minute: int = 1000
    writes_per_minute: int = 600
    followers: int = 2000  # of one process
    followers_per_key: int = 200
    stream_seconds: int = 3600
    keep_events_days: int = 0  # 0 keeps them for ever
    keep_deliveries_days: int = 0
    keep_caught_mail_days: int = 30
    console_channel: str = "on"
    hold_seconds: int = 10  # 0 sends at once
    public_url: str | None = None  # without a slash at its end
    slack_url: str = "https://slack.com/api"
    secret_key: str | None = field(default=None, repr=False)
    visits_per_minute: int = 30
    uploads_per_minute: int = 30
    uploads_per_day: int = 500
    files_s3_bucket: str | None = None
    files_s3_endpoint: str | None = None
    files_s3_region: str = "us-east-1"
    backup_dir: Path | None = None  # absolute
    backup_hours: int = 0  # 0 makes none
    backups_kept: int = 7
    outbound_allow: tuple[tuple[str, int], ...] = ()
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    log_level: str = "info"
    log_format: str = "auto"

    @property
    def address(self) -> str:
        """What a browser reaches us by."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", text) or not low <= int(text) <= high:
            msg = f"must be a whole number from {low} to {high}"
            raise ValueError(msg)
        return int(text)

    return parse


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in choices:
            msg = f"must be one of {', '.join(choices)}"
            raise ValueError(msg)
        return text.lower()

    return parse


def _port_or_off(text: str) -> int | None:
    if text == "off":
        return None
    try:
        return _integer(1, _MAX_PORT)(text)
    except ValueError as error:
        msg = f"{error}, or off"
        raise ValueError(msg) from None


def _secret_key(text: str) -> str:
    if len(text) < _MIN_SECRET_LENGTH:
        # It is not repeated.
        msg = f"must have at least {_MIN_SECRET_LENGTH} characters, such as `openssl rand -hex 32`"
        raise ValueError(msg)
    return text


def _database_url(text: str) -> str:
    if not text.startswith(("postgres://", "postgresql://")):
        # The value can hold a password, so it is not repeated.
        msg = "must start with postgresql://"
        raise ValueError(msg)
    return text


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:
        msg = f"names a user of whom no home is known: {text}"
        raise ValueError(msg) from None


def _absolute(text: str) -> Path:
    return _path(text).absolute()


def _folder(text: str) -> Path:
    path = _path(text)
    if not path.is_dir():
        msg = f"must be a folder, and {path} is none"
        raise ValueError(msg)
    return path


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _origins(text: str) -> tuple[str, ...]:
    """Exact ones, as browsers send them: whoever may use a key from a page is named."""
    for origin in _listed(text):
        if not _ORIGIN.fullmatch(origin):
            msg = f"must be origins such as https://app.firm.example, with commas; {origin} is none"
            raise ValueError(msg)
    return tuple(_listed(text))


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_one = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        plain = not (parts.username or parts.query or parts.fragment) and text.isprintable()
    except ValueError:
        is_one = plain = False
    if not is_one or not plain or " " in text:
        msg = "must be an address such as https://support.firm.example"
        raise ValueError(msg)
    return text.rstrip("/")


def _targets(text: str) -> tuple[tuple[str, int], ...]:
    """Names or addresses, each with a port; an IPv6 address stands in brackets."""
    targets = []
    for part in _listed(text):
        found = _TARGET.fullmatch(part)
        if not found or not 1 <= int(found[2]) <= _MAX_PORT:
            msg = f"must be names with ports such as chat.example:8443, with commas; {part} is none"
            raise ValueError(msg)
        targets.append((found[1].lower().strip("[]."), int(found[2])))
    return tuple(targets)


def _networks(text: str) -> tuple[str, ...]:
    networks = []
    for part in _listed(text):
        try:
            networks.append(str(ip_network(part, strict=False)))
        except ValueError:
            msg = f"must be addresses or networks such as 10.0.0.0/8, with commas; {part} is none"
            raise ValueError(msg) from None
    return tuple(networks)


_PARSERS: dict[str, Callable[[str], object]] = {
    "host": str,
    "port": _integer(0, _MAX_PORT),
    "worker_port": _port_or_off,
    "data_dir": _absolute,
    "database_url": _database_url,
    "database_pooling": _one_of(*POOLINGS),
    "pg_bin": _folder,
    "pg_bin_old": _folder,
    "pool_size": _integer(2, 90),
    "reads_per_minute": _integer(0, 10_000_000),
    "writes_per_minute": _integer(0, 10_000_000),
    "followers": _integer(0, 60_000),
    "followers_per_key": _integer(0, 60_000),
    "stream_seconds": _integer(10, 86_400),
    "keep_events_days": _integer(0, 36_500),
    "keep_deliveries_days": _integer(0, 36_500),
    "keep_caught_mail_days": _integer(0, 36_500),
    "console_channel": _one_of("on", "off"),
    "hold_seconds": _integer(0, 600),
    "public_url": _address,
    "slack_url": _address,
    "secret_key": _secret_key,
    "visits_per_minute": _integer(0, 10_000_000),
    "uploads_per_minute": _integer(0, 10_000_000),
    "uploads_per_day": _integer(0, 10_000_000),
    "files_s3_bucket": str,
    "files_s3_endpoint": _address,
    "files_s3_region": str,
    "backup_dir": _absolute,
    "backup_hours": _integer(0, 8760),
    "backups_kept": _integer(1, 10_000),
    "outbound_allow": _targets,
    "cors_origins": _origins,
    "trusted_proxies": _networks,
    "log_level": _one_of("debug", "info", "warning", "error"),
    "log_format": _one_of("auto", "json", "console"),
}


def read_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """Settings from `env`; an empty value, and one of Kubernetes, count as not set.

    Raises ConfigError that names every bad or unknown `LOOPLANE_` variable.
    """
    values: dict[str, object] = {}
    faults = []
    for name, text in env.items():
        if not name.startswith("LOOPLANE_") or not text or _is_of_service(name, text):
            continue
        parse = _PARSERS.get(name.removeprefix("LOOPLANE_").lower())
        if parse is None:
            known = ", ".join(f"LOOPLANE_{each.name.upper()}" for each in fields(Settings))
            faults.append(f"{name} is not a setting; there are {known}")
            continue
        try:
            values[name.removeprefix("LOOPLANE_").lower()] = parse(text)
        except ValueError as error:
            faults.append(f"{name} {error}")
    if "data_dir" not in values:
        try:
            values["data_dir"] = default_data_dir(env)
        except RuntimeError as error:
            faults.append(f"LOOPLANE_DATA_DIR must be set: {error}")
    if values.get("backup_hours") and "backup_dir" not in values:
        faults.append("LOOPLANE_BACKUP_HOURS needs LOOPLANE_BACKUP_DIR, the folder for the backups")
    if faults:
        raise ConfigError("\n".join(faults))
    return Settings(**values)  # type: ignore[arg-type]  # each parser gives its field's type


def list_of_services(env: Mapping[str, str] = os.environ) -> list[str]:
    """The variables in `env` that Kubernetes has set for a service, and that are no settings."""
    return sorted(name for name, text in env.items() if _is_of_service(name, text))


def _is_of_service(name: str, text: str) -> bool:
    if _OF_PORT.fullmatch(name) and _SERVICE_ADDRESS.fullmatch(text):
        return True
    return name.removeprefix("LOOPLANE_").lower() not in _PARSERS and bool(
        _OF_SERVICE.fullmatch(name)
    )
