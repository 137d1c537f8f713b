"""`looplane contact …`."""

from dataclasses import asdict
from typing import Annotated

import typer

from looplane.cli.database import on_tables
from looplane.cli.options import AsJson, Workspace
from looplane.cli.output import card, say
from looplane.erasure.commands import Erasure, erase_contact
from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.principal import Principal
from looplane.workspaces.commands import find_workspace

app = typer.Typer(no_args_is_help=True, help="Forget people.")
Whom = Annotated[str, typer.Argument(help="The contact, by id or address.", metavar="CONTACT")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command("erase")
def erase(
    contact: Whom, workspace: Workspace, *, yes: Yes = False, as_json: AsJson = False
) -> None:
    """Remove a person's words and names everywhere, events included; it cannot be taken back."""
    if not yes:
        typer.confirm(f"Erase all that {contact} wrote, for good?", abort=True, err=True)

    async def work(con: Connection) -> Erasure:
        principal = Principal(await find_workspace(con, workspace), "rule", rule="erase")
        return await erase_contact(con, Context(principal, system_clock, "erase"), contact)

    erased = on_tables(work)
    facts = {"contact": str(erased.contact_id), "threads": str(erased.threads)}
    facts |= {"messages": str(erased.messages), "comments": str(erased.comments)}
    facts |= {"events": str(erased.events)}
    last = "Backups and logs made before still have it: let them run out, or remove them."
    say(
        {**asdict(erased), "contact_id": str(erased.contact_id)},
        card("Erased.", facts, last),
        as_json=as_json,
    )
