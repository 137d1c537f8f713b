"""`looplane key …`."""

from typing import Annotated, Any
from uuid import UUID

import typer
from rich.text import Text

from looplane.cli.database import on_tables
from looplane.cli.options import AsJson, Workspace, email_checked, name_checked, to_id
from looplane.cli.output import card, day, listing, plain, say
from looplane.keys.commands import create_key, list_keys, revoke_key
from looplane.keys.rules import ALL
from looplane.keys.schemas import KeyKind
from looplane.kit.clock import system_clock
from looplane.kit.database import Connection
from looplane.kit.keys import SCOPES
from looplane.workspaces.commands import find_workspace

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke API keys.")
KeyId = Annotated[UUID, typer.Argument(help="The key, by its id.", parser=to_id, metavar="ID")]
Member = Annotated[
    str | None,
    typer.Option(help="Whom the key acts for, by e-mail address.", callback=email_checked),
]
Scopes = Annotated[
    str,
    typer.Option(help=f"What it may do, commas between: {ALL}, or of {', '.join(SCOPES)}."),
]
Kind = Annotated[
    KeyKind, typer.Option(help="Who acts by it, as events tell it.", case_sensitive=False)
]
Label = Annotated[
    str | None, typer.Option(help="What it is for, to tell it by.", callback=name_checked)
]


@app.command("create")
def create(  # noqa: PLR0913  # its options
    workspace: Workspace,
    member: Member = None,
    scopes: Scopes = ALL,
    label: Label = None,
    kind: Kind = "program",
    *,
    as_json: AsJson = False,
) -> None:
    """Make an API key; it is shown this once."""
    asked = [scope.strip() for scope in scopes.split(",") if scope.strip()]

    async def work(con: Connection) -> dict[str, Any]:
        workspace_id = await find_workspace(con, workspace)
        now = system_clock()
        return await create_key(con, workspace_id, member, asked, label, now, kind=kind)

    made = on_tables(work)
    facts = {"key": made["key"], "id": made["id"], "kind": kind}
    facts |= {"scopes": _spoken(made["scopes"])}
    facts |= {"member": member} if member else {}
    facts |= {"label": label} if label else {}
    last = "It is not shown again: keep it where you keep passwords."
    say(made, card("Made a key.", facts, last), as_json=as_json)


@app.command("list")
def list_all(workspace: Workspace, *, as_json: AsJson = False) -> None:
    """List the keys of a workspace, newest first; the revoked ones too."""

    async def work(con: Connection) -> list[dict[str, Any]]:
        return await list_keys(con, await find_workspace(con, workspace))

    found = on_tables(work)
    none = "There is no key yet; `looplane key create --workspace …` makes one."
    text = listing(("id", "key"), map(_row, found)) if found else none
    say({"data": found}, text, as_json=as_json)


@app.command("revoke")
def revoke(id: KeyId, workspace: Workspace, *, as_json: AsJson = False) -> None:
    """Revoke a key: it opens nothing any more, within a second."""

    async def work(con: Connection) -> str:
        return await revoke_key(con, await find_workspace(con, workspace), id, system_clock())

    moment = on_tables(work)
    say({"id": str(id), "revoked_at": moment}, f"Revoked the key {id}.", as_json=as_json)


def _spoken(scopes: list[str]) -> str:
    return ALL if set(scopes) == set(SCOPES) else ", ".join(scopes)


def _row(key: dict[str, Any]) -> list[Text]:
    """A key as its id and all else below each other, greyed when it opens nothing any more."""
    made = f"{key['kind']}, made {day(key['created_at'])}"
    if key["revoked_at"]:
        made += f", revoked {day(key['revoked_at'])}"
    elif not key["is_active"]:
        made += ", dead: its member is gone"
    lines = [" ".join(filter(None, (f"{key['prefix']}…", key["label"]))), key["member_email"]]
    lines += [f"scopes: {_spoken(key['scopes'])}", made]
    style = "" if key["is_active"] else "dim"
    return [Text(plain(cell), style) for cell in (key["id"], "\n".join(filter(None, lines)))]
