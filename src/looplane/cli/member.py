"""`looplane member …`."""

from typing import Annotated

import typer

from looplane.cli.database import on_tables
from looplane.cli.options import AsJson, Workspace, email_checked, name_checked
from looplane.cli.output import card, say
from looplane.kit.clock import iso, system_clock
from looplane.kit.database import Connection
from looplane.members.commands import create_member
from looplane.members.schemas import Role
from looplane.workspaces.commands import find_workspace

app = typer.Typer(no_args_is_help=True, help="Make members.")
NewEmail = Annotated[str, typer.Option(help="Their e-mail address.", callback=email_checked)]
NewName = Annotated[str, typer.Option(help="Their name.", callback=name_checked)]
NewRole = Annotated[Role, typer.Option(help="What they may do.", case_sensitive=False)]


@app.command("create")
def create(
    workspace: Workspace,
    email: NewEmail,
    name: NewName,
    role: NewRole = "USER",
    *,
    as_json: AsJson = False,
) -> None:
    """Make a member of a workspace."""
    now = system_clock()

    async def work(con: Connection) -> dict[str, str]:
        workspace_id = await find_workspace(con, workspace)
        id = await create_member(con, workspace_id, email, name, role, now)
        made = {"id": str(id), "workspace_id": str(workspace_id), "email": email, "name": name}
        return {**made, "role": role, "joined_at": iso(now)}

    made = on_tables(work)
    text = card(
        f"Made {name} a member.",
        {"id": made["id"], "email": email, "role": role},
        f"Next: looplane key create --workspace {made['workspace_id']} --member {email}",
    )
    say(made, text, as_json=as_json)
