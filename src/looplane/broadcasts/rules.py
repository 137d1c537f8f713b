"""What can be broadcast, and where. Pure."""

from collections.abc import Collection, Mapping
from typing import Literal

from looplane.kit.database import Row

Channel = Literal["email", "slack"]

# Where each channel delivers: to whom is found out only then, so that who has unsubscribed in the
# meantime gets nothing.
TARGETS: dict[Channel, str] = {"email": "subscribers", "slack": "announcements"}
_NAMES = {"email": "e-mail", "slack": "Slack"}


def chosen_channels(sent: Mapping[str, object]) -> list[Channel]:
    """The channels that a body chooses."""
    return [channel for channel in TARGETS if sent[channel]]


def channel_faults(sent: Mapping[str, object], set_up: Collection[str]) -> list[str]:
    """What is wrong with the channels that a body chooses."""
    missing = [channel for channel in chosen_channels(sent) if channel not in set_up]
    return [f"{each}: {_NAMES[each]} is not set up" for each in missing]


def refusal(changelog: Row) -> str | None:
    """Why a changelog cannot be broadcast now, if it cannot."""
    if not changelog["published"] or changelog["archived"]:
        return "Only what readers can see is broadcast: the changelog is archived or not published."
    if changelog["is_planned"]:
        return "It is being broadcast already, and that has not been delivered yet."
    return None
