"""Which events a caller may see."""

from collections.abc import Collection, Mapping

from looplane.kit.errors import ScopeRequired, ValidationFailed
from looplane.kit.validation_messages import shorten

_ALL = "*"


def choose_types(
    asked: str | None, scopes_of_types: Mapping[str, str], scopes: Collection[str]
) -> list[str]:
    """The types that are asked for, of those that a caller with these scopes may see.

    `asked` are types and patterns with commas between. Raises ValidationFailed for those that are
    none, and ScopeRequired where the caller may see nothing of one: it would wait in vain.
    """
    patterns = [_ALL] if asked is None else asked.split(",")
    meant = {each: _matching(each, scopes_of_types) for each in patterns}
    if unknown := [each for each, types in meant.items() if not types]:
        raise ValidationFailed([_unknown(each) for each in unknown])
    for types in meant.values():
        _require_one(types, scopes_of_types, scopes)
    return sorted(
        {each for types in meant.values() for each in types if scopes_of_types[each] in scopes}
    )


def _matching(pattern: str, types: Collection[str]) -> list[str]:
    if pattern == _ALL:
        return list(types)
    if pattern.endswith(f".{_ALL}"):
        return [each for each in types if each.startswith(pattern.removesuffix(_ALL))]
    return [pattern] if pattern in types else []


def _unknown(pattern: str) -> str:
    return f"types: there is no type of event {shorten(pattern)}"


def _require_one(
    types: Collection[str], scopes_of_types: Mapping[str, str], scopes: Collection[str]
) -> None:
    needed = sorted({scopes_of_types[each] for each in types})
    if not set(needed).intersection(scopes):
        msg = f"This key lacks the scope {' or '.join(needed)}."
        raise ScopeRequired(msg)
