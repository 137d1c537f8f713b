"""What is wrong with a draft, and whether it still applies. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from looplane.kit.database import Row

_PROPOSED = ("title", "content", "group_id")
_NEEDED: dict[str, tuple[str, ...]] = {
    "edit": ("article_id",),
    "create": ("title", "content"),
    "delete": ("article_id",),
}
_REFUSED: dict[str, tuple[str, ...]] = {
    "edit": (),
    "create": ("article_id",),
    "delete": _PROPOSED,
}
# The statuses in which nobody has decided on it yet.
UNDECIDED = ("draft", "open")


def draft_faults(sent: Mapping[str, Any], of_form: Sequence[str] = ()) -> list[str]:
    """What does not fit the kind of the draft; `of_form` are the faults that are known already.

    A field that has one of those was sent, whatever was in it.
    """
    kind = sent.get("kind")
    if kind is None:
        return []
    named = {fault.partition(":")[0] for fault in of_form}
    named |= {name for name, value in sent.items() if value is not None}
    of_kind = f"in a draft of the kind {kind}"
    faults = [f"{name}: is required {of_kind}" for name in _NEEDED[kind] if name not in named]
    faults += [f"{name}: has no place {of_kind}" for name in _REFUSED[kind] if name in named]
    if kind == "edit" and named.isdisjoint(_PROPOSED):
        faults.append(f"{', '.join(_PROPOSED)}: name at least one change {of_kind}")
    return faults


def applies(draft: Row, article: Row | None, group: Row | None) -> bool:
    """Whether what it is about is there, and its text the one that its author has read."""
    if draft["group_id"] is not None and group is None:
        return False
    if draft["kind"] == "create":
        return True
    return article is not None and article["text_key"] == draft["article_text_key"]


def proposed(draft: Row) -> dict[str, object]:
    """What an article is to be, as columns; what the draft leaves alone is not among them."""
    wanted = {name: draft[name] for name in _PROPOSED if draft[name] is not None}
    if "content" in wanted:
        wanted |= {"html": draft["html"], "html_version": draft["html_version"]}
    return wanted
