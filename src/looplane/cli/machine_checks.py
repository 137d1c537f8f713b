"""What can be wrong around the database: disk, permissions, port."""

import errno
import http.client
import os
import re
import shlex
import shutil
import socket
from pathlib import Path

from looplane.cli.finding import Finding
from looplane.kit.config import Settings, list_of_services
from looplane.kit.embedded_pg.data_dir import explain_data_dir, forgotten_data
from looplane.kit.embedded_pg.major_upgrade import kept_clusters
from looplane.kit.embedded_pg.place import Place
from looplane.kit.http_headers import OWN_REQUEST_ID

_MB = 1_000_000
_TIGHT, _FULL = 1000 * _MB, 100 * _MB
# Who listens everywhere is asked at home.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
_PATIENCE = 2.0  # seconds
_ELSEWHERE = "nothing is kept on this machine"


def check_data_dir(settings: Settings) -> Finding:
    """Which folder holds the data, and whether another one does, too."""
    kept = explain_data_dir(settings.data_dir)
    if settings.database_url is not None:
        elsewhere = {"files": settings.files_s3_bucket, "secret.key": settings.secret_key}
        here = " and ".join(name for name, other in elsewhere.items() if other is None)
        rows = "the rows are at LOOPLANE_DATABASE_URL"
        return Finding("data", "ok", f"{kept}: {here}; {rows}" if here else _ELSEWHERE)
    if message := forgotten_data(settings.data_dir):
        return Finding("data", "warn", f"{kept}, but {message}")
    return Finding("data", "ok", kept)


def check_disk(settings: Settings) -> Finding:
    """Whether the data can grow."""
    if settings.database_url is not None and settings.files_s3_bucket:
        return Finding("disk", "ok", _ELSEWHERE)
    return judge_disk(settings.data_dir, shutil.disk_usage(_nearest(settings.data_dir)).free)


def judge_disk(folder: Path, free: int) -> Finding:
    """The same for so many free bytes."""
    message = f"{free / _MB / 1000:.1f} GB free for {folder}"
    action = "free some space, or set LOOPLANE_DATA_DIR to a folder on another disk"
    if free < _TIGHT:
        return Finding("disk", "fail" if free < _FULL else "warn", f"only {message}", action)
    return Finding("disk", "ok", message)


def check_kept(settings: Settings) -> list[Finding]:
    """What upgrades of PostgreSQL left for caution, if anything."""
    found = [] if settings.database_url is not None else kept_clusters(settings.data_dir)
    return [
        Finding(
            "kept",
            "ok",
            f"{folder} has {size / _MB:,.0f} MB, from before PostgreSQL was upgraded",
            f"once all is well, `rm -r {shlex.quote(str(folder))}`",
        )
        for folder, size in found
    ]


def check_permissions(settings: Settings) -> Finding:
    """Whether we may use the data, and others may not."""
    folder = settings.data_dir.resolve()
    try:
        if settings.database_url is not None and not folder.exists():
            return Finding("permissions", "ok", _ELSEWHERE)
        password = Place(folder, folder).cluster / "looplane.password"
        return _judge_permissions(folder, [password])
    except OSError as error:
        message = f"{error.filename}: {error.strerror}"
        return Finding("permissions", "fail", message, "run as the user who owns it")


def _judge_permissions(folder: Path, secrets: list[Path]) -> Finding:
    used = _nearest(folder)
    if not os.access(used, os.W_OK | os.X_OK):
        action = "run as the user who owns it, or set LOOPLANE_DATA_DIR to another folder"
        return Finding("permissions", "fail", f"this user may not write to {used}", action)
    if known := [str(each) for each in secrets if each.exists() and each.stat().st_mode & 0o077]:
        message = f"others may read the secret in {' and '.join(known)}"
        return Finding("permissions", "fail", message, f"chmod 600 {shlex.join(known)}")
    if folder.exists() and folder.stat().st_mode & 0o022:
        action = f"chmod go-w {shlex.quote(str(folder))}"
        return Finding("permissions", "warn", f"others may write to {folder}", action)
    return Finding("permissions", "ok", f"{folder} is ours alone")


def check_port(settings: Settings) -> Finding:
    """Whether `serve` can listen, or does so already."""
    place = f"{settings.host}:{settings.port}"
    try:
        _try_to_bind(settings)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        if taken and _is_ours(_EVERYWHERE.get(settings.host, settings.host), settings.port):
            return Finding("port", "ok", f"Looplane answers at {place}")
        message = f"another program listens at {place}" if taken else f"{place}: {error.strerror}"
        action = f"{'stop it, or ' if taken else ''}set LOOPLANE_HOST and LOOPLANE_PORT"
        return Finding("port", "fail", message, action)
    return Finding("port", "ok", f"{place} is free")


def check_environment() -> list[Finding]:
    """Variables that look like settings and are none, if there are any."""
    ignored = list_of_services()
    message = f"{', '.join(ignored)}: set by Kubernetes for a service, and no settings of ours"
    return [Finding("settings", "warn", message)] if ignored else []


def _try_to_bind(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        # As `serve` does: what only lingers after a program that ended is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((settings.host, settings.port))


def _is_ours(host: str, port: int) -> bool:
    asked = http.client.HTTPConnection(host, port, timeout=_PATIENCE)
    try:
        asked.request("GET", "/healthz")
        return bool(re.fullmatch(OWN_REQUEST_ID, asked.getresponse().getheader("X-Request-Id", "")))
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _nearest(folder: Path) -> Path:
    """The folder itself, or what is there of the way to it."""
    # A folder that may not even be looked into counts as not there.
    return next(each for each in (folder, *folder.resolve().parents) if os.access(each, os.F_OK))
