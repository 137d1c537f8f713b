"""The embedded server, run by whichever of our processes holds the lock."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, Generator
from contextlib import closing
from errno import EAGAIN
from pathlib import Path
from urllib.parse import quote, urlencode

from looplane.kit.embedded_pg import log
from looplane.kit.embedded_pg.cluster import read_password
from looplane.kit.embedded_pg.data_dir import explain_data_dir, has_database, no_database
from looplane.kit.embedded_pg.errors import EmbeddedError, explained
from looplane.kit.embedded_pg.lock import OwnerLock
from looplane.kit.embedded_pg.major_upgrade import upgrade_major
from looplane.kit.embedded_pg.place import Place
from looplane.kit.embedded_pg.postmaster import Postmaster
from looplane.kit.embedded_pg.processes import read_pid_file
from looplane.kit.embedded_pg.progress import StartProgress
from looplane.kit.embedded_pg.socket_folder import socket_folder, socket_path

logger = logging.getLogger("looplane.postgres")

# All in seconds.
TICK = 0.01  # between two looks while something starts
WATCH = 0.2  # between two looks while all is well
FIRST_PAUSE, MAX_PAUSE = 0.1, 30.0  # before another try, doubled from one to the next
STEADY = 60.0  # after so long without trouble the first try is at once again


class EmbeddedPostgres:
    """A PostgreSQL in `data_dir`, reached over a Unix socket alone. For Linux.

    Of several processes on one folder the first owns the server and the others are its guests. A
    guest takes over when the owner goes, while its `keep` runs. Files of an older major version
    are brought over with its programs, from `bin_old` or the system.
    """

    owner: bool = False

    def __init__(self, data_dir: Path, bin_dir: Path, bin_old: Path | None = None) -> None:
        old = bin_old.resolve() if bin_old else None
        self._place = Place(data_dir.resolve(), bin_dir.resolve(), old)
        self._lock = OwnerLock(self._place.lock)
        self._postmaster = Postmaster(self._place)

    def start(self, *, creates: bool = True, tell: Callable[[str], None] = logger.warning) -> str:
        """Start or join the server; its DSN once it answers. Blocks, and needs the main thread.

        Calls `tell` with a line before it makes a database.
        Raises EmbeddedError, also where there is no database and none is to be made.
        """
        try:
            self._require_database(creates=creates, tell=tell)
            with closing(self._bring_up()) as steps:
                for _ in steps:
                    time.sleep(TICK)
            return self._dsn()
        except BaseException:
            self.stop()
            raise

    async def keep(self) -> None:
        """Bring the server back when it or its owner is gone, until cancelled."""
        pause, last_trouble = 0.0, time.monotonic()
        while True:
            await asyncio.sleep(WATCH)
            try:
                if self._is_well():
                    continue
                if time.monotonic() - last_trouble > STEADY:
                    pause = 0.0
                await asyncio.sleep(pause)
                await self._bring_back()
            except EmbeddedError as error:
                logger.error("PostgreSQL is down: %s", error)  # noqa: TRY400 - it says all there is
            pause = min(max(pause * 2, FIRST_PAUSE), MAX_PAUSE)
            last_trouble = time.monotonic()

    def stop(self) -> None:
        """Shut our own server down; a guest only leaves. Cancel `keep` first."""
        self._postmaster.stop()
        self._lock.release()
        self.owner = False

    def _require_database(self, *, creates: bool, tell: Callable[[str], None]) -> None:
        if has_database(self._place.data_dir):
            return
        if creates:
            tell(f"A new database in {explain_data_dir(self._place.data_dir)}")
        # Whoever holds the lock may be making one just now.
        elif not self._place.lock.exists() or self._take_lock():
            raise no_database(self._place.data_dir)

    async def _bring_back(self) -> None:
        logger.warning("PostgreSQL or its owner is gone: starting it again")
        with closing(self._bring_up()) as steps:
            for _ in steps:
                await asyncio.sleep(TICK)
        logger.warning("PostgreSQL is back")

    def _is_well(self) -> bool:
        with explained(self._place.data_dir):
            if not self._take_lock():
                return True  # its owner sees to it
            log.trim(self._place.log)
            return self._postmaster.is_running()

    def _take_lock(self) -> bool:
        self.owner = self._lock.take()
        return self.owner

    def _bring_up(self) -> Generator[None]:
        """Own or join the server; yields while there is nothing to do but wait."""
        with explained(self._place.data_dir):
            # The account that root hands the server to has to get through.
            mode = 0o711 if os.geteuid() == 0 else 0o700
            self._place.data_dir.mkdir(mode, parents=True, exist_ok=True)
            progress = StartProgress(self._place.cluster)
            while not self._take_lock():
                if self._answers():
                    return
                if progress.has_stopped():
                    message = (
                        f"Another process holds {self._place.lock} and its server does not answer:"
                        f" see what that process says, and {self._place.log}."
                    )
                    raise EmbeddedError(message)
                yield
            yield from upgrade_major(self._place)
            yield from self._postmaster.start()

    def _answers(self) -> bool:
        found = read_pid_file(self._place.cluster)
        if not found or not found.ready:
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(0)
            address = str(socket_path(socket_folder(self._place)))
            return probe.connect_ex(address) in {0, EAGAIN}  # EAGAIN: it answers many others

    def _dsn(self) -> str:
        with explained(self._place.data_dir):
            password = read_password(self._place.cluster)
        host = urlencode({"host": str(socket_folder(self._place))}, quote_via=quote)
        return f"postgresql://looplane:{password}@/looplane?{host}"
