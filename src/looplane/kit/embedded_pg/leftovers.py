"""What a killed program left of its server, ended before the next one starts.

Orphans hold the shared memory, and PostgreSQL refuses to start beside them; in another container it
would not even notice them, and two servers on the same files destroy them.
"""

import logging
import signal
import time
from collections.abc import Generator
from pathlib import Path

from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.embedded_pg.identity import nobody_holds
from looplane.kit.embedded_pg.processes import ServerProcess, send, server_processes

logger = logging.getLogger("looplane.postgres")


def end_leftovers(cluster: Path, name: str, held: int, limit: float) -> Generator[None]:
    """Wait until no process holds `held`, the id of `cluster`, and end those that we know by name.

    The postmaster ends in good order, after `limit` seconds all do at once. Raises EmbeddedError
    for what remains: nothing is ended without proof that it belongs to this cluster. Only for the
    holder of the lock on the folder.
    """
    if nobody_holds(held):
        return
    logger.warning("An earlier PostgreSQL still uses %s: ending it first", cluster)
    for phase in (_in_good_order(name), _at_once(name)):
        deadline = time.monotonic() + limit
        while next(phase, False) and time.monotonic() < deadline:
            yield
            if nobody_holds(held):
                return
    raise _still_used(cluster, server_processes(name))


def _in_good_order(name: str) -> Generator[bool]:
    asked: set[int] = set()
    while True:
        seen = server_processes(name)
        masters = {each.pid for each in seen if each.part == "postmaster"}
        for pid in masters - asked:
            send(pid, signal.SIGINT)
        asked |= masters
        # Without the postmaster its orphans do not end; what we cannot see may do so by itself.
        yield bool(masters) or not seen


def _at_once(name: str) -> Generator[bool]:
    while True:
        for each in server_processes(name):
            send(each.pid, signal.SIGKILL)
        yield True


def _still_used(cluster: Path, seen: list[ServerProcess]) -> EmbeddedError:
    if seen:
        pids = " ".join(str(each.pid) for each in seen)
        advice = f"and this user may not end it: `kill -9 {pids}` as its own user or as root."
    else:
        advice = (
            "which cannot be seen from here: end it, or the container that it runs in. `fuser"
            f" {cluster}/looplane.id`, run as root outside of every container, names it."
        )
    return EmbeddedError(f"Another PostgreSQL uses {cluster}, {advice}")
