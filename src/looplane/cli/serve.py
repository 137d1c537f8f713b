"""`looplane serve`, `looplane api` and `looplane worker`."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from rich.text import Text

from looplane.cli.demo import open_demo
from looplane.cli.options import AsJson
from looplane.cli.output import card, say
from looplane.keys import sql as keys
from looplane.kit.auth import By, digest
from looplane.kit.clock import system_clock
from looplane.kit.config import Settings, read_settings
from looplane.kit.db import Connection
from looplane.kit.logs import set_up_logs
from looplane.main import API_ROOT
from looplane.server import Greeting, Parts, run
from looplane.threads.listing.sql import list_threads
from looplane.threads.schemas import ThreadQuery
from looplane.workspaces.sql import LIST

# What the first start made, kept for the next ones: the demo's key opens nothing but the demo.
_KEPT = "demo.json"


_Workers = Annotated[
    int, typer.Option(min=1, max=64, help="Processes that answer requests, on one port.")
]


def serve(*, workers: _Workers = 1, as_json: AsJson = False) -> None:
    """Run everything: the database, the API and the worker. Ctrl-C stops it all."""
    _run(Parts(api=True, worker=True, api_processes=workers), as_json=as_json)


def api(*, workers: _Workers = 1, as_json: AsJson = False) -> None:
    """Run the API alone."""
    _run(Parts(api=True, worker=False, api_processes=workers), as_json=as_json)


def worker(*, as_json: AsJson = False) -> None:
    """Run the worker alone: what happens by itself, such as snoozes that end."""
    _run(Parts(api=False, worker=True), as_json=as_json)


def _run(parts: Parts, *, as_json: bool) -> None:
    settings = read_settings()
    set_up_logs(settings.log_level, settings.log_format)
    newcomer = parts.api and parts.worker
    run(settings, parts, _greeting(settings, parts, newcomer=newcomer, as_json=as_json))


def _greeting(settings: Settings, parts: Parts, *, newcomer: bool, as_json: bool) -> Greeting:
    async def greet(pool: asyncpg.Pool) -> None:
        about: dict[str, Any] = {"url": _address(settings)} if parts.api else {}
        if newcomer:
            async with pool.acquire() as con:
                about |= await _demo(con, pool, settings.data_dir / _KEPT)
        if as_json:
            say(about, "", as_json=True)
        else:
            _welcome(about)

    return greet


def _address(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{host}:{settings.port}"


async def _demo(con: Connection, pool: asyncpg.Pool, kept: Path) -> dict[str, str]:
    """A key of the demo workspace and a thread to try it on; nothing where there is no demo."""
    if not await con.fetch(LIST):
        made = await open_demo(con, system_clock())
        _keep(kept, made["key"])
    text = _kept_key(kept)
    key = text and await keys.find(pool, digest(text))
    if not text or not key:
        return {}
    by = By(key.workspace_id, key.actor, system_clock(), key.member_id)
    page = json.loads((await list_threads(con, by, ThreadQuery(limit=1))).body)
    threads = [str(each["id"]) for each in page["data"]]
    return {"key": text} | ({"thread_id": threads[0]} if threads else {})


def _keep(kept: Path, key: str) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(json.dumps({"key": key}))


def _kept_key(kept: Path) -> str | None:
    try:
        return str(json.loads(kept.read_text())["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _welcome(about: dict[str, str]) -> None:
    if "url" not in about:
        say(None, "The worker runs. Ctrl-C stops it.", as_json=False)
        return
    facts = {"to read and try": f"{about['url']}/api/docs"}
    if "key" in about:
        facts["key of the demo"] = about["key"]
    say(None, card(f"Looplane is ready at {about['url']}", facts), as_json=False)
    if "thread_id" in about:
        target = f"{about['url']}{API_ROOT}/threads/{about['thread_id']}"
        lines = (
            "\nChange a thread:\n",
            f"curl -X PATCH {target} \\",
            f'  -H "Authorization: Bearer {about["key"]}" \\',
            '  -H "Content-Type: application/json" \\',
            """  -d '{"title": "My first changed thread", "status": "done"}'""",
        )
        # Not through the console: it would break the lines where the window ends.
        sys.stdout.write("\n".join(lines) + "\n")
    elif "key" not in about:
        say(None, Text("`looplane key create` makes a key.", "dim"), as_json=False)
    say(None, Text("\nCtrl-C stops everything.", "dim"), as_json=False)
    sys.stdout.flush()
