"""What `looplane serve` says when all is there."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from rich.text import Text

from looplane.cli.called import command, pasteable
from looplane.cli.demo import open_demo
from looplane.cli.output import card, note, say
from looplane.keys import sql as keys
from looplane.kit.clock import system_clock
from looplane.kit.config import Settings
from looplane.kit.context import Context
from looplane.kit.database import Connection, Database
from looplane.kit.keys import digest
from looplane.main import API_ROOT
from looplane.server import Parts
from looplane.sessions.links.commands import make_first_run_link
from looplane.sessions.links.rules import link_address
from looplane.threads.listing.pages.sql import list_threads
from looplane.threads.listing.schemas import ThreadQuery
from looplane.workspaces.commands import find_demo
from looplane.workspaces.sql import HAS_ANY, HAS_LIVE

# Earlier versions kept the demo's key here.
_FORMERLY_KEPT = "demo.json"
_ANOTHER_KEY = "`looplane demo` makes a key of the demo, `looplane key create` one of your own."


async def greet(
    parts: Parts, settings: Settings, database: Database, *, demo: bool, as_json: bool
) -> None:
    """Says where it runs and how to begin; makes what a first start makes.

    That is the demo on an embedded database that never had a workspace, or where it is asked for.
    """
    about = {"url": _address(settings)} if parts.api else _health(settings)
    if parts.migrates:
        _forget_key(settings.data_dir / _FORMERLY_KEPT)
        is_shown = not _goes_to_journal(sys.stdout)
        about |= await _demo(database, settings, wanted=demo, shown=is_shown)
        if is_shown and parts.api and (link := await _first_run(database, settings)):
            about["inbox"] = link
    if as_json:
        say(about, "", as_json=True)
    else:
        _welcome(about, is_empty=parts.migrates and await _is_empty(database))
    sys.stdout.flush()


async def _is_empty(database: Database) -> bool:
    async with database.reading() as con:
        return not await con.fetchval(HAS_LIVE)


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


async def _demo(
    database: Database, settings: Settings, *, wanted: bool, shown: bool
) -> dict[str, str]:
    """The key of a demo workspace that is made now, and a thread to try it on.

    Nothing where none is made, and nothing that may not be `shown`.
    """
    async with database.writing() as con:
        if not await _is_due(con, settings, wanted=wanted):
            return {}
        made = await open_demo(con, system_clock(), with_key=shown)
    principal = await keys.find_principal(database, digest(made["key"])) if shown else None
    if principal is None:
        return {}
    context = Context(principal, system_clock, "serve")
    async with database.reading() as con:
        page = json.loads((await list_threads(con, context, ThreadQuery(limit=1))).body)
    return {"key": made["key"], "thread_id": page["data"][0]["id"]}


async def _is_due(con: Connection, settings: Settings, *, wanted: bool) -> bool:
    """Whether the demo is to be made; on a database of the operator's only if it is `wanted`."""
    if wanted:
        return await find_demo(con) is None
    return settings.database_url is None and not await con.fetchval(HAS_ANY)


async def _first_run(database: Database, settings: Settings) -> str | None:
    """A link that signs the first ADMIN in, where nobody has a password yet."""
    async with database.writing() as con:
        token = await make_first_run_link(con, system_clock())
    return link_address(_address(settings), "first_run", token) if token else None


def _welcome(about: dict[str, str], *, is_empty: bool) -> None:
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
    elif is_empty:
        _show_beginning()
    else:
        say(None, Text(f"\n{pasteable(_ANOTHER_KEY)}", "dim"), as_json=False)
    say(None, Text("\nCtrl-C stops everything.", "dim"), as_json=False)


def _show_first_steps(about: dict[str, str]) -> None:
    lines = (
        "\nChange a thread; paste this into another terminal:\n",
        f"export API={about['url']}{API_ROOT}",
        f"export KEY={about['key']}",
        f"curl -X PATCH $API/threads/{about['thread_id']} \\",
        '  -H "Authorization: Bearer $KEY" \\',
        '  -H "Content-Type: application/json" \\',
        """  -d '{"title": "My first changed thread", "status": "done"}' -w '\\n'\n""",
    )
    # Not through the console: it would break the lines where the window ends.
    sys.stdout.write("\n".join(lines))
    last = pasteable(
        "\nThe key opens the demo and is shown this once; `looplane demo` makes another."
    )
    say(None, Text(last, "dim"), as_json=False)


def _show_beginning() -> None:
    name = command()
    lines = (
        "\nThere is no workspace yet. Make one, and a link that signs you in; paste this",
        "into another terminal with the same settings, with your own names:\n",
        f'{name} workspace create "My company"',
        f'{name} member create --workspace "My company" \\',
        "  --email me@company.example --name Me --role ADMIN",
        f"{name} member sign-in-link me@company.example \\",
        '  --workspace "My company"\n',
    )
    # As above.
    sys.stdout.write("\n".join(lines))
    last = pasteable("\n`looplane demo` makes a workspace with examples to look around in.")
    say(None, Text(last, "dim"), as_json=False)
