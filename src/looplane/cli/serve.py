"""`looplane serve`, `looplane api` and `looplane worker`."""

import json
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.text import Text

from looplane.cli.demo import open_demo
from looplane.cli.options import AsJson
from looplane.cli.output import card, note, say
from looplane.keys import sql as keys
from looplane.kit.clock import system_clock
from looplane.kit.config import Settings, read_settings
from looplane.kit.context import Context
from looplane.kit.database import Database
from looplane.kit.keys import digest
from looplane.kit.logs import set_up_logs
from looplane.kit.tracing import set_up_tracing
from looplane.main import API_ROOT
from looplane.server import Parts, run
from looplane.sessions.links.commands import make_first_run_link
from looplane.sessions.links.rules import link_address
from looplane.threads.listing.pages.sql import list_threads
from looplane.threads.listing.schemas import ThreadQuery
from looplane.workspaces.sql import LIST

# Earlier versions kept the demo's key here.
_FORMERLY_KEPT = "demo.json"
_ANOTHER_KEY = "`looplane demo` makes a key of the demo, `looplane key create` one of your own."


_Workers = Annotated[
    int, typer.Option(min=1, max=64, help="Processes that answer requests, on one port.")
]


def serve(*, workers: _Workers = 1, as_json: AsJson = False) -> None:
    """Run everything: the database, the API and the worker. Ctrl-C stops it all."""
    parts = Parts(api=True, worker=True, api_processes=workers, migrates=True)
    _run(parts, as_json=as_json)


def api(*, workers: _Workers = 1, as_json: AsJson = False) -> None:
    """Run the API alone."""
    _run(Parts(api=True, worker=False, api_processes=workers), as_json=as_json)


def worker(*, as_json: AsJson = False) -> None:
    """Run the worker alone: what happens by itself, such as snoozes that end."""
    _run(Parts(api=False, worker=True), as_json=as_json)


def _run(parts: Parts, *, as_json: bool) -> None:
    settings = read_settings()
    set_up_logs(settings.log_level, settings.log_format)
    set_up_tracing()
    run(settings, parts, partial(_greet, settings, parts, as_json=as_json))


async def _greet(settings: Settings, parts: Parts, database: Database, *, as_json: bool) -> None:
    about = {"url": _address(settings)} if parts.api else _health(settings)
    if parts.migrates:
        _forget_key(settings.data_dir / _FORMERLY_KEPT)
        is_shown = not _goes_to_journal(sys.stdout)
        about |= await _demo(database, shown=is_shown)
        if is_shown and parts.api and (link := await _first_run(database, settings)):
            about["inbox"] = link
    if as_json:
        say(about, "", as_json=True)
    else:
        _welcome(about)
    sys.stdout.flush()


def _address(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _health(settings: Settings) -> dict[str, str]:
    """Where a worker alone says how it is."""
    if settings.worker_port is None:
        return {}
    return {"health": f"{_address(replace(settings, port=settings.worker_port))}/healthz"}


def _forget_key(kept: Path) -> None:
    try:
        kept.unlink(missing_ok=True)
    except OSError as error:
        note(f"{kept} holds a key in plain text: remove it ({error.strerror}).", "yellow")


def _goes_to_journal(stream: TextIO) -> bool:
    """Whether systemd keeps what is written to `stream`."""
    try:
        found = os.fstat(stream.fileno())
    except OSError:
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


async def _demo(database: Database, *, shown: bool) -> dict[str, str]:
    """The key of a demo workspace that is made now, and a thread to try it on.

    Nothing where there is a workspace already, and nothing that may not be `shown`.
    """
    async with database.writing() as con:
        if await con.fetch(LIST):
            return {}
        made = await open_demo(con, system_clock(), with_key=shown)
    principal = await keys.find_principal(database, digest(made["key"])) if shown else None
    if principal is None:
        return {}
    context = Context(principal, system_clock, "serve")
    async with database.reading() as con:
        page = json.loads((await list_threads(con, context, ThreadQuery(limit=1))).body)
    return {"key": made["key"], "thread_id": page["data"][0]["id"]}


async def _first_run(database: Database, settings: Settings) -> str | None:
    """A link that signs the first ADMIN in, where nobody has a password yet."""
    async with database.writing() as con:
        token = await make_first_run_link(con, system_clock())
    return link_address(_address(settings), "first_run", token) if token else None


def _welcome(about: dict[str, str]) -> None:
    if "url" not in about:
        health = f" Its health: {about['health']}" if "health" in about else ""
        say(None, f"The worker runs. Ctrl-C stops it.{health}", as_json=False)
        return
    facts = {"the API, to read and try": f"{about['url']}/api/docs"}
    say(None, card(f"Looplane is ready at {about['url']}", facts), as_json=False)
    if "inbox" in about:
        say(None, Text("\nOpen the inbox; this link is good once, and for a day:\n"), as_json=False)
        sys.stdout.write(f"{about['inbox']}\n")
    if "key" in about:
        _show_first_steps(about)
    else:
        say(None, Text(f"\n{_ANOTHER_KEY}", "dim"), as_json=False)
    say(None, Text("\nCtrl-C stops everything.", "dim"), as_json=False)


def _show_first_steps(about: dict[str, str]) -> None:
    lines = (
        "\nChange a thread; paste this into another terminal:\n",
        f"export API={about['url']}{API_ROOT}",
        f"export KEY={about['key']}",
        f"curl -X PATCH $API/threads/{about['thread_id']} \\",
        '  -H "Authorization: Bearer $KEY" \\',
        '  -H "Content-Type: application/json" \\',
        """  -d '{"title": "My first changed thread", "status": "done"}'\n""",
    )
    # Not through the console: it would break the lines where the window ends.
    sys.stdout.write("\n".join(lines))
    last = "\nThe key opens the demo and is shown this once; `looplane demo` makes another."
    say(None, Text(last, "dim"), as_json=False)
