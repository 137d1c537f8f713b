"""The server as a child of this process."""

import logging
from collections.abc import Generator

from looplane.kit.embedded_pg import log
from looplane.kit.embedded_pg.account import Account, server_account
from looplane.kit.embedded_pg.child import Child, Extra, end, spawn
from looplane.kit.embedded_pg.cluster import check_version, create, remove_unfinished
from looplane.kit.embedded_pg.errors import EmbeddedError, program_failed
from looplane.kit.embedded_pg.identity import identify, opened_id
from looplane.kit.embedded_pg.leftovers import end_leftovers
from looplane.kit.embedded_pg.place import Place
from looplane.kit.embedded_pg.processes import PidFile, read_pid_file
from looplane.kit.embedded_pg.progress import STANDSTILL, StartProgress
from looplane.kit.embedded_pg.settings import server_command
from looplane.kit.embedded_pg.socket_folder import choose_socket_folder, make_socket_folder

logger = logging.getLogger("looplane.postgres")

STOP_LIMIT = 30.0  # seconds


class Postmaster:
    """Only for the holder of the lock on `place`."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._child: Child | None = None

    def start(self) -> Generator[None]:
        """Make what is missing and start; yields while there is nothing to do but wait."""
        folder = choose_socket_folder(self._place)
        account = server_account(self._place, folder)
        if account.closed:
            logger.warning(
                "%s is closed to user id %d, which PostgreSQL runs as, so the server gets the"
                " capability to read any file; %s makes that needless",
                account.closed,
                account.uid,
                "`chmod o+x` on the folder"
                if account.closed.is_dir()
                else "`umask 022` before it is installed",
            )
        remove_unfinished(self._place)
        if not self._place.cluster.exists():
            yield from create(self._place, account)
        check_version(self._place)
        name = identify(self._place.cluster)
        with opened_id(self._place.cluster) as held:
            yield from end_leftovers(self._place.cluster, name, held, STOP_LIMIT)
            make_socket_folder(folder, account)
            yield from self._launch(server_command(self._place, name, folder), account, held)

    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        if self._child:
            end(self._child, STOP_LIMIT)
            self._child = None

    def _launch(self, command: list[str], account: Account, held: int) -> Generator[None]:
        log.trim(self._place.log)
        offset = log.size(self._place.log)
        with log.appending(self._place.log) as output:
            extra = Extra(self._past(), [held])
            self._child = spawn(command, account, output.fileno(), extra=extra)
        ready, progress = PidFile(self._child.pid, ready=True), StartProgress(self._place.cluster)
        while read_pid_file(self._place.cluster) != ready:
            if not self.is_running():
                tail, name = log.read_from(self._place.log, offset), "postgres"
                raise program_failed(name, tail, self._place.data_dir)
            if progress.has_stopped():
                self.stop()
                raise _no_progress(self._place)
            yield

    def _past(self) -> dict[str, str]:
        """Has PostgreSQL overlook the process that a stale pid file names, whatever it is by now.

        Its other guard, on the shared memory, stays in force.
        """
        stale = read_pid_file(self._place.cluster)
        if stale is None:  # or spoilt, which it would refuse
            (self._place.cluster / "postmaster.pid").unlink(missing_ok=True)
            return {}
        return {"PG_GRANDPARENT_PID": str(stale.pid)}


def _no_progress(place: Place) -> EmbeddedError:
    return EmbeddedError(
        f"PostgreSQL made no progress in its start for {STANDSTILL:.0f} s and was ended: see the"
        f" end of {place.log}."
    )
