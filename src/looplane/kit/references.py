"""Ids that a body names: each that is not there in the workspace is a fault."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from looplane.kit.ids import parse_id


def reference_id(sent: Mapping[str, object], field: str) -> UUID | None:
    """The id in `field`; None where it is absent, null, or spelled as no id of ours is."""
    value = sent.get(field)
    return parse_id(value) if isinstance(value, str) else None


def reference_ids(sent: Mapping[str, object], field: str) -> list[UUID]:
    """The ids in the list `field`, each once, without those spelled as no id of ours is."""
    values = sent.get(field)
    texts = set(values) if isinstance(values, list) else set()
    return [id for id in map(parse_id, texts) if id]


def unknown_reference(
    sent: Mapping[str, object], field: str, noun: str, existing: object
) -> list[str]:
    """A fault when `field` names something and nothing `existing` was found for it."""
    if sent.get(field) is None or existing:
        return []
    return [f"{field}: there is no such {noun} in this workspace"]


def unknown_references(
    sent: Mapping[str, object], field: str, noun: str, existing: Iterable[UUID]
) -> list[str]:
    """A fault for each id in the list `field` that is not among the `existing`."""
    known = {str(each) for each in existing}
    values = sent.get(field)
    return [
        f"{field}.{i}: there is no such {noun} in this workspace"
        for i, text in enumerate(values if isinstance(values, list) else ())
        if text not in known
    ]
