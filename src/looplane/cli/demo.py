"""`looplane demo`."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from looplane.cli.database import on_tables
from looplane.cli.deletion import remove_workspace
from looplane.cli.options import AsJson
from looplane.cli.output import card, say
from looplane.demo.rows import ident
from looplane.demo.seed import read_content, seed
from looplane.keys.commands import create_key_for
from looplane.keys.rules import ALL
from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import NotFound
from looplane.kit.principal import Principal
from looplane.members.sql import FIND_ADMIN
from looplane.workspaces.commands import add_workspace, find_demo
from looplane.workspaces.rules import require_live
from looplane.workspaces.sql import LOCK

app = typer.Typer(invoke_without_command=True, help="Make the demo workspace, or remove it.")
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.callback()
def demo(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Make the demo workspace if there is none, and a key to look around in it."""
    if context.invoked_subcommand is not None:
        return
    made = on_tables(lambda con: open_demo(con, system_clock()), creates=True)
    verb = "Made" if made["created"] else "There already is"
    facts = {"workspace": made["workspace_id"], "key": made["key"]}
    facts |= {"member": made["member"]} if made["member"] else {}
    last = "The key is not shown again; every `looplane demo` makes a new one."
    say(made, card(f"{verb} the demo workspace {made['name']}.", facts, last), as_json=as_json)


@app.command("remove")
def remove(*, yes: Yes = False, as_json: AsJson = False) -> None:
    """Delete the demo workspace and all that is in it, for good."""

    async def find(con: Connection) -> Row:
        if (found := await find_demo(con)) is None:
            msg = "There is no demo workspace; `looplane workspace list` shows those there are."
            raise NotFound(msg)
        return found

    def confirm(name: str) -> None:
        if not yes:
            typer.confirm(f"Delete the demo workspace {name}, for good?", abort=True, err=True)

    remove_workspace(find, confirm, as_json=as_json)


async def open_demo(con: Connection, now: datetime, *, with_key: bool = True) -> dict[str, Any]:
    """The demo workspace, made if there is none, and a new key of its first ADMIN.

    Answers `workspace_id`, `name`, `created` (whether it was made now), `member` (an address, or
    null where there is no ADMIN) and `key` (null without). Raises Conflict where it is archived, or
    another workspace is called as it would be.
    """
    async with con.transaction():
        await con.execute(LOCK)
        found = await find_demo(con)
        if found is None:
            name = read_content().workspace.name
            workspace_id = await add_workspace(con, name, now, ident)
            await seed(con, workspace_id, now)
        else:
            require_live(found)
            workspace_id, name = found["id"], found["name"]
        admin = await con.fetchrow(FIND_ADMIN, workspace_id)
        member = admin["email"] if admin else None
        key = await _demo_key(con, workspace_id, member, now) if with_key else None
    about = {"workspace_id": str(workspace_id), "name": name, "created": found is None}
    return {**about, "member": member, "key": key}


async def _demo_key(con: Connection, workspace_id: UUID, member: str | None, now: datetime) -> str:
    context = Context(Principal(workspace_id, "rule", rule="demo"), lambda: now, "demo")
    made = await create_key_for(con, context, member, (ALL,), "demo", kind="person")
    return str(made["key"])
