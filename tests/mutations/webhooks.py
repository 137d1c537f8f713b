"""Of webhooks: what they are told, signed with what, and what an answer means."""

from tests.mutations import Mutation

_WEBHOOKS = "src/looplane/webhooks"
_CHANNEL = "src/looplane/delivery/webhook"

WEBHOOKS = [
    Mutation(
        "while a secret is rotated only the new one signs",
        f"{_CHANNEL}/sql.py",
        "wh.former_secret_until > $5",
        "wh.former_secret_until < $5",
        "webhooks/test_channel.py",
    ),
    Mutation(
        "a replay has the bytes of now",
        f"{_WEBHOOKS}/sql.py",
        'where e.visible_to is null\non conflict do nothing"""\n# Of all events of a write',
        "where e.visible_to is null\non conflict (workspace_id, event_id) do update set"
        ' body = excluded.body"""\n# Of all events of a write',
        "webhooks/test_replay.py",
    ),
    Mutation(
        "what is replayed goes before what waits already",
        f"{_WEBHOOKS}/sql.py",
        "is_routed = false, seq = default, tries = 0",
        "is_routed = false, tries = 0",
        "webhooks/test_replay.py",
    ),
    Mutation(
        "what one member alone may see leaves by webhook",
        f"{_WEBHOOKS}/sql.py",
        "where e.visible_to is null\norder by p.place, w.id",
        "order by p.place, w.id",
        "webhooks/test_end_to_end.py",
    ),
    Mutation(
        "a new webhook is told what happened before it",
        f"{_WEBHOOKS}/sql.py",
        "  and (w.created_at <= e.created_at or {_COMES_AFTER})\n",
        "",
        "webhooks/test_end_to_end.py",
    ),
    Mutation(
        "a redirect is taken for a success",
        f"{_CHANNEL}/rules.py",
        "if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:",
        "if HTTPStatus.OK <= status < HTTPStatus.BAD_REQUEST:",
        "webhooks/test_channel.py",
    ),
    Mutation(
        "a webhook is paused that was reached meanwhile",
        f"{_CHANNEL}/sql.py",
        "q.failing_since <= $1 and q.paused_at is null",
        "$1::timestamptz is not null and q.paused_at is null",
        "webhooks/test_endings.py",
    ),
    Mutation(
        "who asks for time is asked again at once",
        f"{_CHANNEL}/rules.py",
        "    if status in _ASKS_FOR_TIME:\n",
        "    if status in _OF_TARGET - _ASKS_FOR_TIME:\n",
        "webhooks/test_channel.py",
    ),
    Mutation(
        "what was planned for a webhook as it was deleted alarms the admins",
        "src/looplane/delivery/dead/sql.py",
        "and wh.deleted_at is not null",
        "and false",
        "webhooks/test_end_to_end.py",
    ),
    Mutation(
        "an answer that is packed is none",
        "src/looplane/kit/outbound.py",
        "[AnswerTooLarge, CannotUnpack]",
        "[AnswerTooLarge]",
        "webhooks/test_channel.py",
    ),
]
