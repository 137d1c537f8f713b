"""How things are posted in Slack."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.delivery.slack import rules, sql
from looplane.delivery.slack.rules import Post
from looplane.kit.database import Connection, Row
from looplane.kit.secrets import CannotOpenError, Secrets
from looplane.kit.slack_api import SECONDS, SlackApi, SlackReply
from looplane.notices.commands import TEAM_TARGET
from looplane.notices.words.commands import notice_words
from looplane.slack.rules import DELETED, explain, place_of_token
from looplane.slack.sql import FIND_CONNECTION

# Slack takes about one message a second in one channel.
_AT_ONCE = 1
_CALLS = 2  # of one attempt, at the most
_KEY_LOST = "The token was sealed with another LOOPLANE_SECRET_KEY; set it once more."
_NO_ANNOUNCEMENTS = "The connection to Slack says no channel for announcements."
_NO_NOTICES = "The connection to Slack says no channel for what the team is told."
_NOBODY = "What answered in place of Slack did not say who has this address; look at proxies."
# In place of what is posted, where that cannot be.
_Loaded = Post | Attempted


class SlackChannel:
    """Posts by the connection of each workspace; links lead to `site`, the inbox."""

    name = "slack"
    most_at_once = _AT_ONCE
    seconds = SECONDS * _CALLS + 2.0  # a call's own limit comes first, and says more

    def __init__(self, secrets: Secrets, slack: SlackApi, site: str) -> None:
        self._secrets, self._slack, self._site = secrets, slack, site

    async def load(
        self, con: Connection, deliveries: Sequence[DueDelivery]
    ) -> Mapping[UUID, _Loaded]:
        """What is posted of each; of several workspaces one after the other."""
        found: dict[UUID, _Loaded] = {}
        for workspace_id in {each.workspace_id for each in deliveries}:
            of_it = [each for each in deliveries if each.workspace_id == workspace_id]
            connection = await con.fetchrow(FIND_CONNECTION, workspace_id)
            token = self._token(workspace_id, connection)
            if connection is None or isinstance(token, Attempted):
                found |= {each.id: token for each in of_it if isinstance(token, Attempted)}
            else:
                found |= await self._posts(con, connection, token, of_it)
        return found

    def _token(self, workspace_id: UUID, connection: Row | None) -> str | Attempted:
        if connection is None:
            # What was planned just as the last one was deleted.
            return Attempted("canceled", DELETED)
        try:
            return self._secrets.open_text(connection["token"], place_of_token(workspace_id))
        except CannotOpenError:
            return _down(_KEY_LOST)

    async def _posts(
        self, con: Connection, connection: Row, token: str, deliveries: Sequence[DueDelivery]
    ) -> dict[UUID, _Loaded]:
        """The posts of one workspace, but for what is gone."""
        workspace_id = deliveries[0].workspace_id
        of = {kind: _subjects(deliveries, kind) for kind in ("message", "broadcast", "notice")}
        messages = await _rows(con, sql.MESSAGES, workspace_id, of["message"])
        broadcasts = await _rows(con, sql.BROADCASTS, workspace_id, of["broadcast"])
        notices = await notice_words(con, workspace_id, of["notice"], self._site)
        emails = await _rows(con, sql.EMAILS, workspace_id, _members(deliveries))
        found: dict[UUID, _Loaded] = {}
        for each in deliveries:
            if (row := messages.get(each.subject_id)) is not None:
                thread_ts = rules.thread_ts_of(row["answers_to"])
                found[each.id] = Post(token, each.target, rules.message_text(row), thread_ts)
            elif (row := broadcasts.get(each.subject_id)) is not None:
                announced = connection["announcement_channel"] or connection["notification_channel"]
                text = rules.broadcast_text(row)
                found[each.id] = _post(token, announced, text, _NO_ANNOUNCEMENTS)
            elif (words := notices.get(each.subject_id)) is not None:
                text, member_id = rules.notice_text(words), rules.member_of(each.target)
                if each.target == TEAM_TARGET:
                    channel = connection["notification_channel"]
                    found[each.id] = _post(token, channel, text, _NO_NOTICES)
                elif member_id in emails:
                    found[each.id] = Post(token, "", text, email=emails[member_id]["email"])
        return found

    async def send(self, _delivery: DueDelivery, loaded: Post) -> Attempted:
        """Posts it once; what Slack says is kept, and the token is not."""
        if len(loaded.text) > rules.MAX_TEXT_LENGTH:
            reason = f"A message in Slack has at most {rules.MAX_TEXT_LENGTH:,} characters."
            return Attempted("refused", reason)
        arguments = loaded.arguments
        if loaded.email is not None:
            found = await self._slack.call(loaded.token, "users.lookupByEmail", email=loaded.email)
            if found.error is not None:
                return _attempted(found, {"email": loaded.email})
            if (channel := rules.user_of(found.data)) is None:
                nobody = SlackReply(found.data, _NOBODY, is_passing=True, is_down=True)
                return _attempted(nobody, {"email": loaded.email})
            arguments |= {"channel": channel}
        reply = await self._slack.call(loaded.token, "chat.postMessage", **arguments)
        return _attempted(reply, arguments)


def _attempted(reply: SlackReply, request: Mapping[str, Any]) -> Attempted:
    answer = {name: reply.data[name] for name in ("ok", "error", "ts") if name in reply.data}
    if reply.error is None:
        return Attempted("delivered", request=request, answer=answer)
    return Attempted(
        "failed" if reply.is_passing else "refused",
        explain(reply.error),
        retry_after=reply.retry_after,
        is_target_down=reply.is_down,
        request=request,
        answer=answer,
    )


def _down(reason: str) -> Attempted:
    return Attempted("failed", reason, is_target_down=True)


def _post(token: str, channel: str | None, text: str, otherwise: str) -> _Loaded:
    return Attempted("refused", otherwise) if channel is None else Post(token, channel, text)


def _subjects(deliveries: Sequence[DueDelivery], kind: str) -> list[UUID]:
    return [each.subject_id for each in deliveries if each.kind == kind]


def _members(deliveries: Sequence[DueDelivery]) -> list[UUID]:
    ids = (rules.member_of(each.target) for each in deliveries)
    return [each for each in ids if each is not None]


async def _rows(
    con: Connection, statement: str, workspace_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, Row]:
    rows = await con.fetch(statement, workspace_id, ids) if ids else []
    return {row["id"]: row for row in rows}
