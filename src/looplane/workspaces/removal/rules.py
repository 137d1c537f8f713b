"""In which order the rows of a workspace go. Pure."""

from collections.abc import Collection, Iterable
from graphlib import TopologicalSorter

# Each of the two refers to the other one; the statement on contacts takes both.
TOGETHER = ("contact_companies", "contacts")


def in_order(tables: Collection[str], links: Iterable[tuple[str, str]]) -> list[str]:
    """The tables, each after all that refer to it; a link is from a table to what it refers to."""
    sorter = TopologicalSorter[str](dict.fromkeys(sorted(tables), ()))
    for source, target in links:
        if {source, target} <= set(tables) and source != target and (source, target) != TOGETHER:
            sorter.add(target, source)
    return list(sorter.static_order())
