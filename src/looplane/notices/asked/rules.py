"""What is said of notices that a write asked for. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from looplane.deliveries.schemas import DeliveryChannel

HEADER = "X-Looplane-Notify"
# As many deliveries of a channel are named.
MAX_NAMED = 20
# What became of a notice that was asked for, the better ones first: of many threads the best one
# is told.
STATES = ("planned", "not_configured", "nobody")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a notice that was asked for: one of STATES, and its deliveries by id."""

    state: str
    ids: tuple[str, ...] = ()


Outcomes = Mapping[DeliveryChannel, Outcome]


def header_of(outcomes: Outcomes, *, with_ids: bool) -> str:
    """`slack=planned;id=…, email=nobody`."""
    return ", ".join(
        f"{channel}={';id='.join([each.state, *(each.ids[:MAX_NAMED] if with_ids else ())])}"
        for channel, each in outcomes.items()
    )


def merged_headers(headers: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """What to answer of two threads, of which one said `headers`, and the other one `more`."""
    said = [each[HEADER] for each in (headers, more) if HEADER in each]
    return {**headers, **more, HEADER: _merged(said)} if said else {**headers, **more}


def _merged(headers: Iterable[str]) -> str:
    found: dict[DeliveryChannel, Outcome] = {}
    for channel, outcome in (each for text in headers for each in _read(text)):
        before = found.get(channel, Outcome(STATES[-1]))
        state = min(before.state, outcome.state, key=STATES.index)
        found[channel] = Outcome(state, tuple(dict.fromkeys((*before.ids, *outcome.ids))))
    return header_of(found, with_ids=True)


def _read(text: str) -> Sequence[tuple[DeliveryChannel, Outcome]]:
    parts = (each.partition("=") for each in text.split(", ") if each)
    return [(channel, _outcome(said)) for channel, _, said in parts]  # type: ignore[misc]  # ours


def _outcome(said: str) -> Outcome:
    state, *ids = said.split(";id=")
    return Outcome(state, tuple(ids))
