"""`looplane member …`."""

import sys
from typing import Annotated, Any

import orjson
import typer

from looplane.cli.acting import acting
from looplane.cli.database import on_tables
from looplane.cli.options import AsJson, Workspace, checked, email_checked, name_checked
from looplane.cli.output import card, day, listing, say
from looplane.kit.clock import system_clock
from looplane.kit.config import read_settings
from looplane.kit.database import Connection
from looplane.kit.schema import Text
from looplane.members.commands import (
    create_member,
    delete_member,
    find_member,
    list_all_members,
    update_member,
)
from looplane.members.invites.commands import accept_invite
from looplane.members.schemas import MemberPatch, Role
from looplane.sessions.links.rules import link_address
from looplane.sessions.sign_in.commands import make_way_back
from looplane.workspaces.commands import find_live_workspace, find_workspace

app = typer.Typer(no_args_is_help=True, help="Make, list, change and remove members.")
NewEmail = Annotated[str, typer.Option(help="Their e-mail address.", callback=email_checked)]
NewName = Annotated[str, typer.Option(help="Their name.", callback=name_checked)]
NewRole = Annotated[Role, typer.Option(help="What they may do.", case_sensitive=False)]
GivenRole = Annotated[
    Role, typer.Argument(help="What they may do from now on.", case_sensitive=False)
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Email = Annotated[
    str, typer.Argument(help="Their e-mail address.", callback=email_checked, metavar="EMAIL")
]
WithoutSecondFactor = Annotated[
    bool,
    typer.Option(
        "--without-second-factor", help="Take their second factor away, which they have lost."
    ),
]
Token = Annotated[
    str, typer.Argument(help="The token of their invite.", callback=checked(Text), metavar="TOKEN")
]


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

    async def work(con: Connection) -> dict[str, Any]:
        context = acting(await find_live_workspace(con, workspace), "member create")
        made = await create_member(con, context, email, name, role)
        return {**orjson.loads(made.body), "workspace_id": str(context.workspace_id)}

    made = on_tables(work)
    text = card(
        f"Made {name} a member.",
        {"id": made["id"], "email": email, "role": role},
        f"Next: looplane key create --workspace {made['workspace_id']} --member {email}",
    )
    say(made, text, as_json=as_json)


@app.command("list")
def list_all(workspace: Workspace, *, as_json: AsJson = False) -> None:
    """List the members of a workspace."""

    async def work(con: Connection) -> list[dict[str, Any]]:
        return await list_all_members(con, await find_workspace(con, workspace))

    found = on_tables(work)
    rows = [(each["email"], each["name"] or "", each["role"], _seen(each)) for each in found]
    none = "There is no member yet; `looplane member create --workspace …` makes one."
    text = listing(("email", "name", "role", "signed in"), rows) if found else none
    say({"data": found}, text, as_json=as_json)


def _seen(member: dict[str, Any]) -> str:
    return day(member["last_seen_at"]) if member["last_seen_at"] else "never"


@app.command("role")
def role(email: Email, role: GivenRole, workspace: Workspace, *, as_json: AsJson = False) -> None:
    """Give a member another role; the last ADMIN stays one."""

    async def work(con: Connection) -> dict[str, Any]:
        context = acting(await find_workspace(con, workspace), "member role")
        id = await find_member(con, context.workspace_id, email)
        changed = await update_member(con, context, id, MemberPatch(role=role))
        return dict(orjson.loads(changed.body))

    made = on_tables(work)
    say(made, f"{made['name'] or email} is {role} now.", as_json=as_json)


@app.command("remove")
def remove(
    email: Email, workspace: Workspace, *, yes: Yes = False, as_json: AsJson = False
) -> None:
    """Remove a member, but not the last ADMIN; their keys and sessions open nothing any more."""
    if not yes:
        question = f"Remove {email}? What they wrote stays, and is still theirs."
        typer.confirm(question, abort=True, err=True)

    async def work(con: Connection) -> str:
        context = acting(await find_workspace(con, workspace), "member remove")
        id = await find_member(con, context.workspace_id, email)
        await delete_member(con, context, id)
        return str(id)

    id = on_tables(work)
    say({"id": id, "email": email}, f"Removed {email}.", as_json=as_json)


@app.command("sign-in-link")
def sign_in_link(
    email: Email,
    workspace: Workspace,
    *,
    without_second_factor: WithoutSecondFactor = False,
    as_json: AsJson = False,
) -> None:
    """Print a link that signs a member in, once and within a day: the way back in."""
    settings = read_settings()

    async def work(con: Connection) -> str:
        workspace_id, now = await find_live_workspace(con, workspace), system_clock()
        return await make_way_back(
            con, workspace_id, email, now, without_second_factor=without_second_factor
        )

    url = link_address(settings.address, "sign_in", on_tables(work))
    if as_json:
        say({"url": url}, "", as_json=True)
    else:
        # Not through the console: it would break the line where the window ends.
        sys.stdout.write(f"{url}\n")


@app.command("accept")
def accept(token: Token, *, as_json: AsJson = False) -> None:
    """Accept an invite: whoever was invited becomes a member."""

    async def work(con: Connection) -> dict[str, Any]:
        joined = await accept_invite(con, system_clock, token, "member accept")
        return dict(orjson.loads(joined.body))

    made = on_tables(work)
    facts = {"id": made["id"], "email": made["email"], "role": made["role"]}
    say(made, card(f"{made['name']} is a member now.", facts), as_json=as_json)
