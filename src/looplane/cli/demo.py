"""`looplane demo`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from looplane.cli.database import on_tables
from looplane.cli.options import AsJson
from looplane.cli.output import card, say
from looplane.demo.rows import ident
from looplane.demo.seed import read_content, seed
from looplane.keys.commands import create_key_for
from looplane.keys.rules import ALL
from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import NotFound
from looplane.kit.principal import Principal
from looplane.members.sql import FIND_ADMIN
from looplane.workspaces.commands import create_workspace, find_workspace
from looplane.workspaces.sql import LOCK


def demo(*, as_json: AsJson = False) -> None:
    """Make the demo workspace if there is none, and a key to look around in it."""
    made = on_tables(lambda con: open_demo(con, system_clock()))
    verb = "Made" if made["created"] else "There already is"
    facts = {"workspace": made["workspace_id"], "key": made["key"]}
    facts |= {"member": made["member"]} if made["member"] else {}
    last = "The key is not shown again; every `looplane demo` makes a new one."
    say(made, card(f"{verb} the demo workspace {made['name']}.", facts, last), as_json=as_json)


async def open_demo(con: Connection, now: datetime, *, with_key: bool = True) -> dict[str, Any]:
    """The demo workspace, made if there is none, and a new key of its first ADMIN.

    Answers `workspace_id`, `name`, `created` (whether it was made now), `member` (an address, or
    null where there is no ADMIN) and `key` (null without). Raises Conflict when several are called
    so.
    """
    name = read_content().workspace.name
    async with con.transaction():
        await con.execute(LOCK)
        created = False
        try:
            workspace_id = await find_workspace(con, name)
        except NotFound:
            workspace_id, created = await create_workspace(con, name, now, ident), True
            await seed(con, workspace_id, now)
        admin = await con.fetchrow(FIND_ADMIN, workspace_id)
        member = admin["email"] if admin else None
        key = await _demo_key(con, workspace_id, member, now) if with_key else None
    about = {"workspace_id": str(workspace_id), "name": name, "created": created}
    return {**about, "member": member, "key": key}


async def _demo_key(con: Connection, workspace_id: UUID, member: str | None, now: datetime) -> str:
    context = Context(Principal(workspace_id, "rule", rule="demo"), lambda: now, "demo")
    made = await create_key_for(con, context, member, (ALL,), "demo", kind="person")
    return str(made["key"])
