"""A PgBouncer of our own in front of the tests' database."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
_PATIENCE = 30  # seconds until it has started
# It stands in the folder of the database's socket, since folders above may be closed to its user.
_HERE = "/proc/self/cwd"
_PORT = 6432  # part of the name of its socket, no more


class PgBouncer:
    """Passwords are checked on both of its sides; `connect_query` is said to each server."""

    def __init__(self, folder: Path, dsn: str, connect_query: str, **settings: object) -> None:
        url = urlsplit(dsn)
        user, password = unquote(url.username or ""), unquote(url.password or "")
        self._host = url.hostname or parse_qs(url.query)["host"][0]
        self._local = self._host.startswith("/")
        database = url.path.removeprefix("/")
        host = _HERE if self._local else self._host
        at = f"host={host} port={url.port or 5432} dbname={database}"
        ours = {
            "unix_socket_dir": folder,
            "listen_addr": "",
            "listen_port": _PORT,
            "auth_type": "scram-sha-256",
            "auth_file": folder / "users.txt",
            "logfile": folder / "log",
            **settings,
        }
        query = f"connect_query='{connect_query}'"
        lines = [f"{name} = {value}" for name, value in ours.items()]
        (folder / "users.txt").write_text(f'"{user}" "{password}"\n')
        (folder / "pgbouncer.ini").write_text(
            "\n".join(["[databases]", f"{database} = {at} {query}", "[pgbouncer]", *lines, ""])
        )
        self._folder = folder
        self.dsn = (
            f"postgresql://{quote(user)}:{quote(password)}@/{database}?host={folder}&port={_PORT}"
        )
        self.start()

    def start(self) -> None:
        """Starts it; returns when it takes connections."""
        assert PROGRAM is not None
        uid, gid = self._account()
        for path in (self._folder, *self._folder.iterdir()):
            os.chown(path, uid, gid)
        as_root = os.geteuid() == 0
        self._popen = subprocess.Popen(
            [PROGRAM, "-q", str(self._folder / "pgbouncer.ini")],
            cwd=self._host if self._local else self._folder,
            user=uid if as_root else None,
            group=gid if as_root else None,
            extra_groups=[] if as_root else None,
        )
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            assert time.monotonic() < deadline, (self._folder / "log").read_text()
            time.sleep(0.01)

    def stop(self) -> None:
        """Ends it at once, whoever is connected."""
        self._popen.kill()
        self._popen.wait()

    def _account(self) -> tuple[int, int]:
        """Who runs it: not root, which it refuses, and one who may open the database's socket."""
        owner = Path(self._host if self._local else self._folder).stat()
        if owner.st_uid or os.geteuid():
            return owner.st_uid, owner.st_gid
        nobody = pwd.getpwnam("nobody")
        return nobody.pw_uid, nobody.pw_gid

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self._folder / f".s.PGSQL.{_PORT}")) == 0


@contextmanager
def pgbouncer(dsn: str, connect_query: str = "select 1", **settings: object) -> Iterator[PgBouncer]:
    """A PgBouncer with these settings of its own."""
    folder = Path(tempfile.mkdtemp(prefix="pgb-"))
    started = None
    try:
        started = PgBouncer(folder, dsn, connect_query, **settings)
        yield started
    finally:
        if started is not None:
            started.stop()
        shutil.rmtree(folder)
