"""`looplane workspace …`."""

from typing import Annotated

import typer

from looplane.cli.database import on_tables
from looplane.cli.options import AsJson, name_checked
from looplane.cli.output import card, day, listing, say
from looplane.kit.clock import iso, system_clock
from looplane.workspaces.commands import create_workspace, list_workspaces

app = typer.Typer(no_args_is_help=True, help="Make and list workspaces.")
NewName = Annotated[
    str, typer.Argument(help="What it is called.", callback=name_checked, metavar="NAME")
]


@app.command("create")
def create(name: NewName, *, as_json: AsJson = False) -> None:
    """Make a workspace, with a team, statuses and tiers to start with."""
    now = system_clock()
    id = str(on_tables(lambda con: create_workspace(con, name, now)))
    text = card(
        f"Made the workspace {name}.",
        {"id": id},
        f"Next: looplane member create --workspace {id} --email … --name … --role ADMIN",
    )
    say({"id": id, "name": name, "created_at": iso(now)}, text, as_json=as_json)


@app.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """List all workspaces."""
    found = on_tables(list_workspaces)
    rows = [(each["id"], each["name"], day(each["created_at"])) for each in found]
    none = "There is no workspace yet; `looplane workspace create NAME` makes one."
    text = listing(("id", "name", "created"), rows) if rows else none
    say({"data": found}, text, as_json=as_json)
