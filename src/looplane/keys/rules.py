"""Which scopes a key gets, and what one key may give to another. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from looplane.kit.errors import Forbidden
from looplane.kit.keys import SCOPES
from looplane.kit.networks import is_covered, parse_network
from looplane.kit.principal import Principal

ALL = "all"
_NEVER = datetime.max.replace(tzinfo=UTC)


def scope_faults(asked: Collection[str]) -> list[str]:
    """What is wrong with the scopes asked for."""
    unknown = [scope for scope in asked if scope not in {*SCOPES, ALL}]
    if asked and not unknown:
        return []
    what = f"there is no {', no '.join(unknown)}" if unknown else "name at least one"
    return [f"scopes: {what}; there are {', '.join(SCOPES)}, and {ALL} for all of them"]


def granted(asked: Collection[str]) -> list[str]:
    """The scopes that were asked for, each once and in their usual order."""
    return [scope for scope in SCOPES if scope in asked or ALL in asked]


def expiry_faults(sent: Mapping[str, object], now: datetime) -> list[str]:
    """What is wrong with the end of a key."""
    end = sent.get("expires_at")
    late = isinstance(end, datetime) and end <= now
    return ["expires_at: must lie in the future"] if late else []


def require_bounded(
    giver: Principal, wanted: Mapping[str, object], before: Mapping[str, object]
) -> None:
    """Raises Forbidden where `giver` would give more than it has.

    That is a scope that it lacks, an end after its own, or an address that it is not good for; what
    the key had `before` it may keep, unless it gets a scope: that must end with `giver` too, and be
    of use nowhere else. `admin` stands for no other scope. A rule of the program has no bounds.
    """
    if giver.key_id is None:
        return
    if lacking := _lacking(giver, wanted, before):
        msg = f"This key cannot give scopes that it lacks: {', '.join(lacking)}."
        raise Forbidden(msg)
    if _gains(wanted, before):
        # What a key gets it gets for its whole life, and wherever it is good.
        wanted, before = {**before, **wanted}, {}
    if _outlives(giver, wanted, before):
        msg = "This key expires, and cannot make one that lasts longer."
        raise Forbidden(msg)
    if wide := _beyond(giver, wanted, before):
        msg = f"This key cannot give addresses that it is not good for: {', '.join(wide)}."
        raise Forbidden(msg)


def _lacking(
    giver: Principal, wanted: Mapping[str, object], before: Mapping[str, object]
) -> list[str]:
    known = {*giver.scopes, *_texts(before, "scopes")}
    return [scope for scope in _texts(wanted, "scopes") if scope not in known]


def _gains(wanted: Mapping[str, object], before: Mapping[str, object]) -> bool:
    return not {*_texts(wanted, "scopes")} <= {*_texts(before, "scopes")}


def _outlives(giver: Principal, wanted: Mapping[str, object], before: Mapping[str, object]) -> bool:
    if giver.expires_at is None or "expires_at" not in wanted:
        return False
    latest = [giver.expires_at, *([_end(before)] if before else [])]
    return _end(wanted) > max(latest)


def _beyond(
    giver: Principal, wanted: Mapping[str, object], before: Mapping[str, object]
) -> list[str]:
    """The addresses that are neither the giver's nor were the key's."""
    had = _texts(before, "allowed_ips")
    everywhere = bool(before) and not had
    if not giver.networks or everywhere or "allowed_ips" not in wanted:
        return []
    known = [*giver.networks, *map(parse_network, had)]
    asked = _texts(wanted, "allowed_ips")
    if not asked:
        return ["all of them"]
    return [each for each in asked if not is_covered(parse_network(each), known)]


def _end(key: Mapping[str, object]) -> datetime:
    end = key["expires_at"]
    return end if isinstance(end, datetime) else _NEVER


def _texts(key: Mapping[str, object], name: str) -> Sequence[str]:
    value = key.get(name)
    return value if isinstance(value, list) else ()
