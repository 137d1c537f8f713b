"""How things are posted in Slack."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.delivery.slack import rules, sql
from looplane.delivery.slack.rules import Post
from looplane.kit.database import Connection, Row
from looplane.kit.secrets import CannotOpenError, Secrets
from looplane.kit.slack_api import SECONDS, SlackApi
from looplane.slack.rules import explain, place_of_token

# Slack takes about one message a second in one channel.
_AT_ONCE = 1
_NOT_CONNECTED = "The workspace is not connected to Slack."
_KEY_LOST = "The token was sealed with another LOOPLANE_SECRET_KEY; set it once more."


class SlackChannel:
    """Posts by the connection of each workspace."""

    name = "slack"
    most_at_once = _AT_ONCE
    seconds = SECONDS + 2.0  # its own limit comes first, and says more

    def __init__(self, secrets: Secrets, slack: SlackApi) -> None:
        self._secrets, self._slack = secrets, slack

    async def load(
        self, con: Connection, deliveries: Sequence[DueDelivery]
    ) -> Mapping[UUID, Post | Attempted]:
        """What is posted of each; of several workspaces one after the other."""
        found: dict[UUID, Post | Attempted] = {}
        for workspace_id in {each.workspace_id for each in deliveries}:
            of_it = [each for each in deliveries if each.workspace_id == workspace_id]
            connection = await con.fetchrow(sql.FIND_CONNECTION, workspace_id)
            try:
                token = self._token(workspace_id, connection)
            except CannotOpenError:
                found |= dict.fromkeys(_ids(of_it), _down(_KEY_LOST))
                continue
            if connection is None or token is None:
                found |= dict.fromkeys(_ids(of_it), _down(_NOT_CONNECTED))
                continue
            messages = await _rows(con, sql.MESSAGES, of_it, "message")
            broadcasts = await _rows(con, sql.BROADCASTS, of_it, "broadcast")
            for each in of_it:
                subject = each.subject_id
                if (row := messages.get(subject)) is not None:
                    found[each.id] = _answer(token, each, row)
                elif (row := broadcasts.get(subject)) is not None:
                    found[each.id] = _announcement(token, connection, row)
        return found

    def _token(self, workspace_id: UUID, connection: Row | None) -> str | None:
        if connection is None:
            return None
        place = place_of_token(workspace_id)
        return self._secrets.open_text(connection["token"], place)

    async def send(self, _delivery: DueDelivery, loaded: Post) -> Attempted:
        """Posts it once; what Slack says is kept, and the token is not."""
        if len(loaded.text) > rules.MAX_TEXT_LENGTH:
            reason = f"A message in Slack has at most {rules.MAX_TEXT_LENGTH:,} characters."
            return Attempted("refused", reason)
        reply = await self._slack.call(loaded.token, "chat.postMessage", **loaded.arguments)
        answer = {name: reply.data[name] for name in ("ok", "error", "ts") if name in reply.data}
        if reply.error is None:
            return Attempted("delivered", request=loaded.arguments, answer=answer)
        return Attempted(
            "failed" if reply.is_passing else "refused",
            explain(reply.error),
            retry_after=reply.retry_after,
            is_target_down=reply.is_down,
            request=loaded.arguments,
            answer=answer,
        )


def _ids(deliveries: Iterable[DueDelivery]) -> list[UUID]:
    return [each.id for each in deliveries]


def _down(reason: str) -> Attempted:
    return Attempted("failed", reason, is_target_down=True)


async def _rows(
    con: Connection, statement: str, deliveries: Sequence[DueDelivery], kind: str
) -> dict[UUID, Row]:
    ids = [each.subject_id for each in deliveries if each.kind == kind]
    if not ids:
        return {}
    rows = await con.fetch(statement, deliveries[0].workspace_id, ids)
    return {row["id"]: row for row in rows}


def _answer(token: str, delivery: DueDelivery, row: Row) -> Post:
    thread_ts = rules.thread_ts_of(row["answers_to"])
    return Post(token, delivery.target, rules.message_text(dict(row)), thread_ts)


def _announcement(token: str, connection: Row, row: Row) -> Post | Attempted:
    channel = connection["announcement_channel"] or connection["notification_channel"]
    if channel is None:
        return Attempted("refused", "The connection to Slack says no channel for announcements.")
    return Post(token, channel, rules.broadcast_text(dict(row)))
