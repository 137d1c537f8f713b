"""`looplane workspace …`."""

from typing import Annotated, Any

import typer
from rich.text import Text

from looplane.cli.database import on_tables
from looplane.cli.deletion import remove_workspace
from looplane.cli.options import AsJson, name_checked
from looplane.cli.output import card, day, listing, plain, say
from looplane.kit.clock import iso, system_clock
from looplane.kit.database import Connection, Row
from looplane.workspaces.commands import (
    add_workspace,
    archive_workspace,
    get_workspace,
    list_workspaces,
    rename_workspace,
    unarchive_workspace,
)

app = typer.Typer(no_args_is_help=True, help="Make, list, rename, archive and delete workspaces.")
NewName = Annotated[
    str, typer.Argument(help="What it is called.", callback=name_checked, metavar="NAME")
]
Which = Annotated[
    str,
    typer.Argument(
        help="The workspace, by its id or name.", callback=name_checked, metavar="WORKSPACE"
    ),
]
Archived = Annotated[bool, typer.Option("--archived", help="Those that are archived, too.")]
Yes = Annotated[
    str | None, typer.Option("--yes", help="Its name, to be asked nothing.", metavar="NAME")
]


@app.command("create")
def create(name: NewName, *, as_json: AsJson = False) -> None:
    """Make a workspace, with a team, statuses and tiers to start with."""
    now = system_clock()
    id = str(on_tables(lambda con: add_workspace(con, name, now)))
    text = card(
        f"Made the workspace {name}.",
        {"id": id},
        f"Next: looplane member create --workspace {id} --email … --name … --role ADMIN",
    )
    say({"id": id, "name": name, "created_at": iso(now)}, text, as_json=as_json)


@app.command("list")
def list_all(*, archived: Archived = False, as_json: AsJson = False) -> None:
    """List the workspaces."""
    found = on_tables(lambda con: list_workspaces(con, archived=archived))
    none = (
        "There is no workspace"
        + (" yet" if archived else " that is open; --archived shows those that rest")
        + "; `looplane workspace create NAME` makes one."
    )
    text = listing(("id", "name", "created"), map(_row, found)) if found else none
    say({"data": found}, text, as_json=as_json)


def _row(workspace: dict[str, Any]) -> list[Text]:
    name = workspace["name"]
    if workspace["deletion_began_at"]:
        name += "\nits deletion has begun"
    elif workspace["archived_at"]:
        name += f"\narchived {day(workspace['archived_at'])}"
    style = "dim" if workspace["archived_at"] else ""
    cells = (workspace["id"], name, day(workspace["created_at"]))
    return [Text(plain(cell), style) for cell in cells]


@app.command("rename")
def rename(workspace: Which, name: NewName, *, as_json: AsJson = False) -> None:
    """Give a workspace another name."""

    async def work(con: Connection) -> str:
        id = (await get_workspace(con, workspace))["id"]
        await rename_workspace(con, id, name)
        return str(id)

    id = on_tables(work)
    say({"id": id, "name": name}, f"The workspace {id} is called {name} now.", as_json=as_json)


@app.command("archive")
def archive(workspace: Which, *, as_json: AsJson = False) -> None:
    """Let a workspace rest: nobody is let in, nothing leaves it, and it is in no list."""

    async def work(con: Connection) -> Row:
        await archive_workspace(con, (await get_workspace(con, workspace))["id"], system_clock())
        return await get_workspace(con, workspace)

    found = on_tables(work)
    document = {"id": str(found["id"]), "archived_at": iso(found["archived_at"])}
    last = f"Back again: `looplane workspace unarchive {found['id']}`."
    text = card(f"Archived the workspace {found['name']}.", {"id": document["id"]}, last)
    say(document, text, as_json=as_json)


@app.command("unarchive")
def unarchive(workspace: Which, *, as_json: AsJson = False) -> None:
    """End its rest: keys and sessions open it again, and what was due meanwhile is done."""

    async def work(con: Connection) -> Row:
        found = await get_workspace(con, workspace)
        await unarchive_workspace(con, found)
        return found

    found = on_tables(work)
    document = {"id": str(found["id"]), "archived_at": None}
    say(document, f"The workspace {found['name']} is open again.", as_json=as_json)


@app.command("delete")
def delete(workspace: Which, *, yes: Yes = None, as_json: AsJson = False) -> None:
    """Delete a workspace and all that is in it, for good; what that is is shown first."""

    def confirm(name: str) -> None:
        if yes is None:
            question = f"Delete all of this, and the workspace {plain(name)}?"
            typer.confirm(question, abort=True, err=True)
        typed = typer.prompt("Type its name to do so", err=True) if yes is None else yes
        if typed != name:
            msg = f"the workspace is called «{name}», not «{typed}»; nothing was deleted"
            raise typer.BadParameter(msg)

    remove_workspace(lambda con: get_workspace(con, workspace), confirm, as_json=as_json)
