"""What lists are filtered by, declared as conditions in SQL."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from looplane.kit.ids import parse_id
from looplane.kit.sqltext import has_trigrams


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition of a list: SQL with `{0}` for the value, and what turns the text into it.

    `is_search` says of a text whether an index finds it.
    """

    clause: str
    convert: Callable[[Any], object] = lambda value: value
    is_search: Callable[[str], bool] = lambda _: False


def contains(folded: str) -> Filter:
    """A part of a text, whatever its accents and capitals; `folded` is SQL for its `fold_name`."""
    # As a query of its own the pattern is made once, and not for each row.
    return Filter(f"{folded} like (select contains_pattern({{0}}))")


def contains_by_index(column: str) -> Filter:
    """The same, where `column` has an index of its trigrams."""
    return replace(contains(column), is_search=has_trigrams)


def equals(column: str) -> Filter:
    """The value in `column`."""
    return Filter(f"{column} = {{0}}")


def found_first(alias: str, table: str, clause: str) -> Filter:
    """A value that few rows of all workspaces have, which are looked for before the list is.

    `clause` is of a row `x` of `table`. It is found by its own index alone, which is what the
    offset is for. The planner, who does not know how few they are, would walk the list to its end
    for them.
    """
    found = (
        f"select x.workspace_id, x.id from {table} x"
        f" where x.deleted_at is null and {clause} offset 0"
    )
    ids = f"select f.id from ({found}) f where f.workspace_id = $1"
    return Filter(f"{alias}.id = any (array({ids}))")


def exists(table: str) -> str:
    """SQL for a filter: a row of the workspace with the id `{0}`; asked once, not for each row."""
    return (
        f"exists (select from {table} x"
        " where x.workspace_id = $1 and x.id = {0} and x.deleted_at is null)"
    )


def refers_to(column: str, table: str | None = None) -> Filter:
    """The id in `column`, of a row in `table` that is not deleted."""
    there = "" if table is None else f" and {exists(table)}"
    return Filter(f"{column} = {{0}}{there}", parse_id)
