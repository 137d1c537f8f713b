"""Which events a webhook is told of, and what is sent. Pure."""

import secrets
from base64 import b64encode
from collections.abc import Collection, Sequence
from uuid import UUID

from looplane.kit.ids import parse_id

_ALL = "*"
# What tells of deliveries themselves is not delivered this way: it would go on for ever.
_OWN_NOUNS = frozenset({"webhook", "delivery", "mailbox", "slack"})
_SECRET_BYTES = 32
_SECRET_PREFIX = "whsec_"  # noqa: S105  # as Standard Webhooks has it
_EVENT_PREFIX = "evt_"


def is_deliverable(type: str) -> bool:
    """Whether a webhook can be told of events of this type."""
    return type.partition(".")[0] not in _OWN_NOUNS


def deliverable(types: Collection[str]) -> list[str]:
    """Those of the types of events that a webhook can be told of."""
    return sorted(filter(is_deliverable, types))


def meant(patterns: Collection[str], types: Collection[str]) -> list[str]:
    """Those of `types` that the patterns stand for."""
    return [each for each in types if not {each, _noun(each), _ALL}.isdisjoint(patterns)]


def pattern_faults(patterns: Sequence[str], types: Collection[str]) -> list[str]:
    """What is wrong with patterns: each that stands for none of `types`."""
    return [
        f"events.{i}: there is no such event; there are thread.created, thread.*, * and others"
        for i, each in enumerate(patterns)
        if not meant([each], types)
    ]


def _noun(type: str) -> str:
    return f"{type.partition('.')[0]}.{_ALL}"


def new_secret() -> str:
    """A secret as Standard Webhooks spells it."""
    return _SECRET_PREFIX + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def secret_place(webhook_id: UUID, number: int) -> str:
    """Where the secret with this number is sealed for."""
    return f"webhook secret {webhook_id} {number}"


def spell_event(id: UUID) -> str:
    """The id of an event as the outside has it."""
    return f"{_EVENT_PREFIX}{id.hex}"


def parse_event(text: str) -> UUID | None:
    """The id of the event that is spelled so; None where none is."""
    digits = text.removeprefix(_EVENT_PREFIX)
    if digits == text or len(digits) != len(UUID(int=0).hex):
        return None
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return parse_id("-".join(parts))
