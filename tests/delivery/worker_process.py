"""A worker in a process of its own, which writes into a file what it sends."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from looplane.delivery.dead.commands import tell_dead
from looplane.delivery.dispatch.commands import Dispatcher
from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.kit.clock import system_clock
from looplane.kit.config import Settings
from looplane.server import cancel_on_signals, ended_by_signals, opened_database
from tests.processes import come_about


class FileChannel:
    """Sends into a file; to `slow` it takes a while, to `gated` until there is another file.

    To `hung` it takes for ever.
    """

    name = "file"
    most_at_once = 10
    seconds = 30.0

    def __init__(self, path: Path) -> None:
        self._path = path

    async def load(self, _con: Any, deliveries: Sequence[DueDelivery]) -> Mapping[UUID, Any]:
        return {each.id: None for each in deliveries}

    async def send(self, delivery: DueDelivery, _loaded: Any) -> Attempted:
        self._write(f"begun {delivery.target}")
        if delivery.target == "slow":
            await asyncio.sleep(0.5)
        if delivery.target == "gated":
            await come_about(self._path.with_name("go").exists)
        if delivery.target == "hung":
            await asyncio.Event().wait()
        self._write(f"sent {delivery.target}")
        return Attempted("delivered")

    def _write(self, line: str) -> None:
        with self._path.open("a") as file:
            file.write(f"{line}\n")


async def run(dsn: str, path: Path) -> None:
    cancel_on_signals()
    async with opened_database(dsn, Settings()) as database:
        told = partial(tell_dead, system_clock)
        await Dispatcher(database, system_clock, {"email": FileChannel(path)}, told).run()


if __name__ == "__main__":
    with ended_by_signals():
        asyncio.run(run(sys.argv[1], Path(sys.argv[2])))
