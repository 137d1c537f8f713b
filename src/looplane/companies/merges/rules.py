"""What a merge does to the fields of the surviving company. Pure.

A company comes by its columns; what a merge filled is kept by field, of a set what was added.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from looplane.companies.schemas import MAX_ITEMS
from looplane.companies.sql import SETS

# How long a merge can be taken back.
LIFETIME = timedelta(days=30)

Company = Mapping[str, Any]


def filled(survivor: Company, source: Company) -> dict[str, Any]:
    """What the survivor gets of the source: what it lacks."""
    lacking = {
        name: value
        for name, value in source.items()
        if name not in SETS and survivor[name] is None and value is not None
    }
    added = {name: [x for x in source[name] if x not in survivor[name]] for name in SETS}
    return lacking | {name: items for name, items in added.items() if items}


def with_filled(survivor: Company, filled: Company) -> dict[str, Any]:
    """The columns of the survivor that differ once it has what was `filled`."""
    return {
        name: survivor[name] + value if name in SETS else value for name, value in filled.items()
    }


def without_filled(survivor: Company, filled: Company) -> dict[str, Any]:
    """The columns of the survivor without what was `filled` and has not been changed since."""
    emptied = {
        name: None
        for name, value in filled.items()
        if name not in SETS and str(survivor[name]) == str(value)
    }
    kept = {name: [x for x in survivor[name] if x not in filled.get(name, ())] for name in SETS}
    return emptied | {name: items for name, items in kept.items() if items != survivor[name]}


def too_many(columns: Company) -> str | None:
    """The set that would have more than fit."""
    return next((name for name in SETS if len(columns.get(name, ())) > MAX_ITEMS), None)


def is_too_late(merged_at: datetime, now: datetime) -> bool:
    """Whether a merge can no longer be taken back."""
    return now - merged_at > LIFETIME
