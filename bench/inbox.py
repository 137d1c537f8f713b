"""The inbox in a browser without a window, on the demo and on many threads.

`python -m bench.inbox` measures that alone; BENCH_SHORT=1 only tries whether it can.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from bench.world import HERE, PORT, WORKSPACE, World, api, bench_id, postgres, seed
from looplane.cli.demo import open_demo
from looplane.kit.callers import COOKIE
from looplane.kit.clock import system_clock
from looplane.kit.database import connected
from looplane.kit.migrate import migrate
from looplane.main import APP_ROOT
from looplane.members.sql import FIND_ADMIN
from looplane.sessions.links.commands import make_link
from looplane.tables import MIGRATIONS

_WEB = HERE.parent / "web"
_URL = f"http://127.0.0.1:{PORT}"
_MANY = 100_000


async def demo(dsn: str, binaries: Path) -> World:
    """Empties the database, and fills it with the demo workspace."""
    async with connected(dsn) as con:
        await con.execute("drop schema public cascade; create schema public")
        await migrate(con, MIGRATIONS)
        await open_demo(con, system_clock(), with_key=False)
    return World(dsn, 0, "", binaries, datetime.now(UTC))


def measure(world: World) -> list[str]:
    """Each figure of the inbox on `world`, beside what it may be at the most."""
    token = asyncio.run(_link(world))
    with tempfile.TemporaryDirectory() as folder, api(world):
        signed_in = httpx.post(f"{_URL}{APP_ROOT}/session/by-link", json={"token": token})
        kept = Path(folder) / "figures.json"
        _run(signed_in.raise_for_status().cookies[COOKIE], kept, is_large=world.size > 0)
        return _rows(json.loads(kept.read_text()))


async def _link(world: World) -> str:
    """The token of a link for an ADMIN of the demo, or for the first member."""
    async with connected(world.dsn) as con:
        workspace_id, member_id = WORKSPACE, UUID(bench_id("d", 1))
        if world.size == 0:
            workspace_id = await con.fetchval("select id from workspaces")
            member_id = await con.fetchval(FIND_ADMIN, workspace_id)  # the id comes first
        return await make_link(con, workspace_id, member_id, "sign_in", datetime.now(UTC))


def _run(secret: str, kept: Path, *, is_large: bool) -> None:
    environment = {
        **os.environ,
        "LOOPLANE_WEB_URL": _URL,
        "LOOPLANE_SESSION": secret,
        "LOOPLANE_FIGURES": str(kept),
        "LOOPLANE_LARGE": str(int(is_large)),
    }
    command = ["npx", "--no", "playwright", "test", "--config=playwright.bench.config.ts"]
    subprocess.run(command, cwd=_WEB, env=environment, check=True)


def _rows(figures: Sequence[dict[str, Any]]) -> list[str]:
    return [
        f"| {each['name']} | {each['text']} | {each['most']:,} |"
        f" {'yes' if each['value'] <= each['most'] else '**no**'} |"
        for each in figures
    ]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        with postgres(Path(place)) as (address, programs):
            rows = measure(asyncio.run(demo(address, programs)))
            size = _MANY // 100 if os.environ.get("BENCH_SHORT") else _MANY
            rows += measure(asyncio.run(seed(address, programs, size)))
    sys.stdout.write("\n".join(rows) + "\n")
