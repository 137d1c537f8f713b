"""`looplane key …`."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.text import Text

from looplane.cli.acting import acting
from looplane.cli.database import on_tables
from looplane.cli.options import (
    AsJson,
    Workspace,
    email_checked,
    listed,
    name_checked,
    to_id,
    to_moment,
    value_checked,
)
from looplane.cli.output import card, day, listing, plain, say
from looplane.keys.commands import create_key_for, end_key, list_all_keys
from looplane.keys.rules import ALL
from looplane.keys.schemas import AllowedIps, KeyKind
from looplane.kit.database import Connection
from looplane.kit.keys import SCOPES
from looplane.workspaces.commands import find_live_workspace, find_workspace

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
Expiry = Annotated[
    datetime | None,
    typer.Option(
        help="When it ends, such as 2030-01-31T09:30:00Z.", parser=to_moment, metavar="MOMENT"
    ),
]
Addresses = Annotated[
    str,
    typer.Option(
        help="From where it may be used, commas between: addresses, or ranges such as 10.0.0.0/8."
    ),
]


@app.command("create")
def create(  # noqa: PLR0913  # its options
    workspace: Workspace,
    member: Member = None,
    scopes: Scopes = ALL,
    label: Label = None,
    kind: Kind = "program",
    expires_at: Expiry = None,
    allowed_ips: Addresses = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Make an API key; it is shown this once."""
    asked, networks = listed(scopes), value_checked(AllowedIps, listed(allowed_ips))

    async def work(con: Connection) -> dict[str, Any]:
        context = acting(await find_live_workspace(con, workspace), "key create")
        return await create_key_for(
            con,
            context,
            member,
            asked,
            label,
            kind=kind,
            expires_at=expires_at,
            allowed_ips=networks,
        )

    made = on_tables(work)
    facts = {"key": made["key"], "id": made["id"], "kind": kind}
    facts |= {"scopes": _spoken(made["scopes"])}
    facts |= {"member": member} if member else {}
    facts |= {"label": label} if label else {}
    facts |= {"expires": made["expires_at"]} if expires_at else {}
    facts |= {"from": ", ".join(made["allowed_ips"])} if networks else {}
    last = "It is not shown again: keep it where you keep passwords."
    say(made, card("Made a key.", facts, last), as_json=as_json)


@app.command("list")
def list_all(workspace: Workspace, *, as_json: AsJson = False) -> None:
    """List the keys of a workspace, newest first; the revoked ones too."""

    async def work(con: Connection) -> list[dict[str, Any]]:
        return await list_all_keys(con, acting(await find_workspace(con, workspace), "key list"))

    found = on_tables(work)
    none = "There is no key yet; `looplane key create --workspace …` makes one."
    text = listing(("id", "key"), map(_row, found)) if found else none
    say({"data": found}, text, as_json=as_json)


@app.command("revoke")
def revoke(id: KeyId, workspace: Workspace, *, as_json: AsJson = False) -> None:
    """Revoke a key: it opens nothing any more, within a second."""

    async def work(con: Connection) -> str:
        context = acting(await find_workspace(con, workspace), "key revoke")
        return await end_key(con, context, id)

    moment = on_tables(work)
    say({"id": str(id), "revoked_at": moment}, f"Revoked the key {id}.", as_json=as_json)


def _spoken(scopes: list[str]) -> str:
    return ALL if set(scopes) == set(SCOPES) else ", ".join(scopes)


def _row(key: dict[str, Any]) -> list[Text]:
    """A key as its id and all else below each other, greyed when it opens nothing any more."""
    made = f"{key['kind']}, made {day(key['created_at'])}"
    if key["last_used_at"]:
        made += f", last used {day(key['last_used_at'])}"
    else:
        made += ", never used"
    if key["expires_at"]:
        made += f", expires {day(key['expires_at'])}"
    if key["revoked_at"]:
        made += f", revoked {day(key['revoked_at'])}"
    elif key["member_id"] and not key["member_email"]:
        made += ", dead: its member is gone"
    lines = [" ".join(filter(None, (f"{key['prefix']}…", key["label"]))), key["member_email"]]
    lines += [f"scopes: {_spoken(key['scopes'])}"]
    lines += [f"from: {', '.join(key['allowed_ips'])}"] if key["allowed_ips"] else []
    lines += [made]
    style = "" if key["is_active"] else "dim"
    return [Text(plain(cell), style) for cell in (key["id"], "\n".join(filter(None, lines)))]
