"""What a saved view means for a list of threads. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError

from looplane.kit.clock import iso
from looplane.kit.paging import DateFilter
from looplane.threads.listing.schemas import Sort, ThreadFilter, ThreadQuery


@dataclass(frozen=True, slots=True)
class AskedFor:
    """Which threads are asked for: `query` with what its view adds, and what both must meet.

    `basis` is another one when the view means another list than before.
    """

    query: ThreadQuery
    sort: Sort
    also: ThreadFilter | None = None
    basis: str | None = None


def as_stored(filters: ThreadFilter) -> dict[str, Any]:
    """The filters that are set, as JSON."""
    plain = filters.model_dump(mode="json", exclude_none=True)
    moments = {name: getattr(filters, name) for name in DateFilter.model_fields.keys() & plain}
    return plain | {name: iso(moment) for name, moment in moments.items()}


def as_sent(stored: Mapping[str, Any]) -> ThreadFilter | None:
    """The filters of a view, as a list takes them; None where another version stored others."""
    try:
        return ThreadFilter.model_validate_json(orjson.dumps(stored))
    except ValidationError:
        return None


def within(stored: Mapping[str, Any], sort: Sort, query: ThreadQuery) -> AskedFor | None:
    """What is asked for by a view with these filters and this order, and by `query` beside it.

    None where the filters are those of another version.
    """
    if (filters := as_sent(stored)) is None:
        return None
    set_by_both = {name for name in stored if getattr(query, name) is not None}
    added = {name: getattr(filters, name) for name in stored.keys() - set_by_both}
    both = {name: getattr(filters, name) for name in set_by_both}
    sort = query.sort or sort
    meant = orjson.dumps([stored, sort], option=orjson.OPT_SORT_KEYS)
    return AskedFor(
        query=query.model_copy(update=added),
        sort=sort,
        also=ThreadFilter().model_copy(update=both) if both else None,
        basis=hashlib.blake2b(meant, digest_size=8).hexdigest(),
    )
