"""What can be done with connections to Slack."""

from contextlib import suppress
from functools import partial
from uuid import UUID

import orjson
from starlette.responses import Response

from looplane import changes
from looplane.deliveries.commands import cancel_queued
from looplane.events import Values, without
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.responses import Answer, or_404
from looplane.kit.secrets import CannotOpenError, Secrets
from looplane.kit.slack_api import SlackApi, SlackReply
from looplane.kit.writes import Write
from looplane.slack import rules, sql
from looplane.slack.schemas import SlackConnectionCreate, SlackConnectionPatch, SlackTest

_TEST_LINE = "This is a test from Looplane: it can write here."


async def create_slack_connection(write: Write, body: SlackConnectionCreate) -> Response:
    """Connects the workspace. Raises ValidationFailed."""
    return await write(partial(_create, secrets=write.state.secrets), body)


async def _create(
    con: Connection, context: Context, body: SlackConnectionCreate, *, secrets: Secrets
) -> Answer:
    # Of a body with faults there is only what is well formed.
    values = {"token": "", **body.model_dump()}
    sealed = {"token": secrets.seal_text(values["token"], _place(context))}
    return await changes.create(con, context, sql.SLACK_CONNECTION, {**values, **sealed})


async def update_slack_connection(write: Write, id: UUID, patch: SlackConnectionPatch) -> Response:
    """Changes a connection. Raises NotFound, PreconditionFailed, ValidationFailed."""
    return await write(partial(_update, secrets=write.state.secrets), id, patch)


async def _update(
    con: Connection, context: Context, id: UUID, patch: SlackConnectionPatch, *, secrets: Secrets
) -> Answer:
    sent = patch.model_dump(exclude_unset=True)
    place = _place(context)

    def columns(row: Row) -> Values:
        if "token" not in sent or _is_sealed(secrets, row["token"], place, sent["token"]):
            return without(sent, {"token"})
        return {**sent, "token": secrets.seal_text(sent["token"], place)}

    decision = changes.Decision(columns)
    return await changes.update(con, context, sql.SLACK_CONNECTION, id, sent, decision)


async def delete_slack_connection(con: Connection, context: Context, id: UUID) -> Answer:
    """Deletes a connection; with the last one, what waits for it does not leave any more.

    Raises NotFound, PreconditionFailed.
    """

    async def cancel() -> None:
        if not await con.fetchval(sql.IS_ANOTHER_THERE, context.workspace_id, id):
            await cancel_queued(con, context, "slack", "", rules.DELETED)

    return await changes.delete(con, context, sql.SLACK_CONNECTION, id, cancel)


def _place(context: Context) -> str:
    return rules.place_of_token(context.workspace_id)


def _is_sealed(secrets: Secrets, sealed: str, place: str, token: str) -> bool:
    """Whether that is what was sealed: sealed twice it looks like two."""
    with suppress(CannotOpenError):
        return secrets.open_text(sealed, place) == token
    return False


async def test_slack_connection(write: Write, id: UUID, body: SlackTest) -> Response:
    """Asks Slack who the token is, and posts a line where a channel is named.

    It is answered whatever Slack says. Raises NotFound, PreconditionFailed, ValidationFailed.
    """
    write.context.raise_faults()
    if (stored := await write.stored_answer()) is not None:
        return stored
    async with write.database.reading() as con:
        key = (write.context.workspace_id, id)
        row = or_404(await con.fetchrow(sql.FIND_SEALED, *key), sql.SLACK_CONNECTION.noun)
    write.context.precondition.check(row["version"])
    channel = None if write.dry_run else body.channel
    found = await _try(write, row["token"], channel)
    return await write(_answer, found)


async def _answer(_con: Connection, _context: Context, found: Values) -> Answer:
    return Answer(orjson.dumps(found).decode())


async def _try(write: Write, sealed: str, channel: str | None) -> Values:
    try:
        token = write.state.secrets.open_text(sealed, _place(write.context))
    except CannotOpenError:
        reason = "The token was sealed with another LOOPLANE_SECRET_KEY; set it once more."
        return {"ok": False, "team": None, "bot": None, "reason": reason}
    slack: SlackApi = write.state.slack
    who = await slack.call(token, "auth.test")
    last = who
    if who.error is None and channel is not None:
        last = await slack.call(token, "chat.postMessage", channel=channel, text=_TEST_LINE)
    return _found(who, last)


def _found(who: SlackReply, last: SlackReply) -> Values:
    return {
        "ok": last.error is None,
        "team": who.data.get("team"),
        "bot": who.data.get("user"),
        "reason": None if last.error is None else rules.explain(last.error),
    }
