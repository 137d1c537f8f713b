"""The few threads that one of the filters means, found by an index of that filter's."""

from collections.abc import Iterator
from dataclasses import dataclass

from looplane.kit.conditions import Conditions
from looplane.kit.database import Connection
from looplane.threads.listing.ranges.sql import STATUSES, statuses_of
from looplane.threads.listing.schemas import ThreadFilter
from looplane.threads.listing.sql import NAMED, NEEDED, is_any

# As many threads are found and put in order. Where each filter means more, a page is not far: one
# in two hundred of a million threads is met within ten thousand.
FEW = 5000
# As many companies are looked at for their threads.
_COMPANIES = 2000
_HERE = "t.workspace_id = $1 and t.deleted_at is null"


@dataclass(frozen=True, slots=True)
class _Way:
    """SQL for the ids of all threads that a filter means; and of whether they are many anyway."""

    ids: str
    are_many: str = ""

    @property
    def count(self) -> str:
        """SQL for their number, which is no more than FEW."""
        counted = f"(select count(*) from ({self.ids} limit {FEW}) x)"
        return (
            f"case when {self.are_many} then {FEW} else {counted} end" if self.are_many else counted
        )


async def find_few(
    con: Connection, filter: ThreadFilter, conditions: Conditions, page: str
) -> str | None:
    """SQL for the ids of the few threads that one of the filters means; None where none does.

    `page` is a statement with all conditions, and so with all parameters.
    """
    ways = [*_of_threads(filter, conditions), *_of_links(conditions)]
    # What is never run tells the types of the parameters that no way takes.
    statement = f"select {', '.join(each.count for each in ways)} where true or exists ({page})"
    row = await con.fetchrow(statement, *conditions.values)
    assert row is not None, "what is true of no table is one row"
    counts = list(row)
    least = min(counts)
    return ways[counts.index(least)].ids if least < FEW else None


def _of_threads(filter: ThreadFilter, conditions: Conditions) -> Iterator[_Way]:
    """By what threads say themselves; and all threads of the workspace."""
    named = conditions.named
    statuses, _ = statuses_of(filter)
    status = is_any("status", statuses)
    is_open = list(statuses) == ["open"]
    yield _threads("true")
    if len(statuses) < len(STATUSES):
        yield _threads(status)
    for name in ("tab", "waiting_longer_than", "origin", *NAMED, "unassigned"):
        if name in named:
            yield _threads(named[name])
            if is_open and name in {"assignee_id", "unassigned"}:
                yield _threads(f"{named[name]} and {status}")
    if "pain_level" in named:
        yield _threads(f"{named['pain_level']} and {status}")
    made = [named[each] for each in ("created_after", "created_before") if each in named]
    if made:
        yield _threads(" and ".join(made))


def _of_links(conditions: Conditions) -> Iterator[_Way]:
    """By what is linked with threads."""
    named, parameters = conditions.named, conditions.parameters
    for name in NEEDED:
        if name in named:
            needed = f"n.workspace_id = $1 and n.{name} = any ({parameters[name]})"
            yield _Way(f"select n.thread_id as id from customer_needs n where {needed}")
    for name, parameter in parameters.items():
        if name == "tag_id" or name.startswith("tag_all."):
            wanted = f"any ({parameter})" if name == "tag_id" else parameter
            tagged = f"tt.workspace_id = $1 and tt.tag_id = {wanted}"
            yield _Way(f"select tt.thread_id as id from thread_tags tt where {tagged}")
    if "company" in named:
        companies = f"from companies co where {named['company']}"
        own = f"select t.id from threads t where {_HERE} and t.company_id = co.id offset 0"
        yield _Way(
            f"select t.id from (select co.id {companies} offset 0) co cross join lateral ({own}) t",
            f"(select count(*) from (select {companies} limit {_COMPANIES}) x) = {_COMPANIES}",
        )


def _threads(condition: str) -> _Way:
    return _Way(f"select t.id from threads t where {_HERE} and {condition}")
