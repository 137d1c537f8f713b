"""Ids that a body names: each that is not there in the workspace is a fault."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from looplane.kit.ids import known_id


def sought(sent: Mapping[str, object], field: str) -> UUID | None:
    """The id in `field`; None where it is absent, null, or spelled as no id of ours is."""
    value = sent.get(field)
    return known_id(value) if isinstance(value, str) else None


def missing(sent: Mapping[str, object], field: str, noun: str, found: object) -> list[str]:
    """A fault when `field` names something and nothing was `found`."""
    if sent.get(field) is None or found:
        return []
    return [f"{field}: there is no such {noun} in this workspace"]


def missing_of(field: str, names: Iterable[str], noun: str, found: Iterable[UUID]) -> list[str]:
    """A fault for each of `names` that is not among `found`."""
    there = {str(each) for each in found}
    return [
        f"{field}.{i}: there is no such {noun} in this workspace"
        for i, name in enumerate(names)
        if name not in there
    ]
