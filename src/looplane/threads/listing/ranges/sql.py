"""Ranges of indexes that have threads in the order of a list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from looplane.filters import exists
from looplane.kit.conditions import Conditions
from looplane.scores.schemas import PainLevel
from looplane.threads.listing.schemas import Sort, ThreadFilter
from looplane.threads.listing.sql import NAMED, WAITS
from looplane.threads.schemas import Status

# The company of a thread that has none with revenue, in the order by revenue.
NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"
STATUSES: tuple[Status, ...] = ("open", "snoozed", "done")
_PAIN: tuple[PainLevel, ...] = ("UNKNOWN", "LOW", "MEDIUM", "HIGH")
_STATUS_OF_TAB: dict[str, Status] = {"snoozed": "snoozed", "done": "done"}
_NEWEST = "t.created_at desc, t.id desc"
_HERE = "t.workspace_id = $1 and t.deleted_at is null"
# As many companies are looked at for the first threads in the order of revenue.
_COMPANIES = 2000
_HAS_REVENUE = "rc.deleted_at is null and rc.revenue is not null"
# The company of a thread, where it has revenue; looked up for each thread by itself, which is what
# the offset is for: the planner would read all companies.
WITH_REVENUE = f"""left join lateral (
  select rc.id, rc.revenue from companies rc where rc.workspace_id = t.workspace_id
    and rc.id = t.company_id and {_HAS_REVENUE} offset 0) rc on true"""


@dataclass(frozen=True, slots=True)
class Range:
    """Threads in the order of a list, as SQL for rows of `threads`, under `t`.

    `covers` are the filters that all of them meet; `read` makes the SQL for the first of those that
    meet a condition more. A range that `is_cut` may end too early where there is no condition.
    """

    covers: frozenset[str]
    read: Callable[[int, str], str]
    is_cut: bool = False

    def is_exact(self, filter: ThreadFilter) -> bool:
        """Whether it holds nothing but what `filter` means."""
        return not self.is_cut and active(filter) <= self.covers


def active(filter: ThreadFilter) -> set[str]:
    """The filters that are set."""
    fields = ThreadFilter.model_fields
    return {name for name in fields if getattr(filter, name) is not None}


def ranges_of(sort: Sort, filter: ThreadFilter, conditions: Conditions) -> list[Range]:
    """The best ranges for `filter` in this order, one after the other."""
    return [each(filter, conditions) for each in _RANGES[sort]]


def statuses_of(filter: ThreadFilter) -> tuple[Sequence[Status], set[str]]:
    """Which statuses a thread that is meant can have, and the filters that say no more."""
    if filter.tab is None:
        return filter.status or STATUSES, {"status"}
    own = _STATUS_OF_TAB.get(filter.tab, "open")
    covered = {"status"} if own in (filter.status or STATUSES) else set()
    return [own], covered | ({"tab"} if filter.tab in {"open", "snoozed", "done"} else set())


def _union(branches: Sequence[str], always: str, order: str) -> str:
    """Threads of any of the branches; in order they are merged, and read no further than needed.

    Each of several has the order itself: the planner would read and sort all of what has none.
    """
    parts = [f"select t.* from threads t where {always} and {each}" for each in branches]
    if len(parts) == 1:
        return f"({parts[0]}) t"
    return f"({' union all '.join(f'({each} order by {order})' for each in parts)}) t"


def _plain(branches: Sequence[str], always: str, order: str) -> Callable[[int, str], str]:
    source = _union(branches, always, order)
    return lambda limit, condition: (
        f"select t.* from {source} where {condition} order by {order} limit {limit}"
    )


def _newest(filter: ThreadFilter, conditions: Conditions) -> Range:
    bounds = {"created_after", "created_before"} & conditions.named.keys()
    always = " and ".join([conditions.always, *(conditions.named[each] for each in sorted(bounds))])
    for name in ("contact_id", "company_id"):
        if (values := getattr(filter, name)) is not None:
            branches = _each(conditions, name, len(values))
            return Range(frozenset({name} | bounds), _plain(branches, always, _NEWEST))
    if filter.tag_id is not None or filter.tag_all is not None:
        return _tagged(filter, conditions, always, bounds)
    statuses, covered = statuses_of(filter)
    covered |= bounds
    if filter.tab in {"my", "needs-response"}:
        branches, order = [conditions.named["tab"]], _NEWEST
        covered |= {"tab"}
    elif filter.assignee_id is not None or filter.unassigned:
        return _of_assignee(filter, conditions, always, bounds)
    elif filter.tab == "new":
        branches, order = ["t.state = 'new'"], _NEWEST
        covered |= {"tab"}
    elif filter.pain_level is not None:
        branches = [_of(status, level) for status in statuses for level in filter.pain_level]
        covered |= {"pain_level"}
        order = _NEWEST
    else:
        branches, order = _of_statuses(statuses), _NEWEST
    return Range(frozenset(covered), _plain(branches, always, order))


def _of_statuses(statuses: Sequence[Status]) -> list[str]:
    if len(statuses) == len(STATUSES):
        return ["true"]
    return [f"t.status = '{each}'" for each in statuses]


def _each(conditions: Conditions, name: str, count: int) -> list[str]:
    """A branch for each of the values of a filter."""
    if count == 1:
        return [conditions.named[name]]
    return [
        f"t.{name} = {each} and {exists(NAMED[name]).format(each)}"
        for each in _elements(conditions.parameters[name], count)
    ]


def _elements(array: str, count: int) -> list[str]:
    """SQL for each of the ids in a parameter."""
    return [f"({array}::uuid[])[{number}]" for number in range(1, count + 1)]


def _of_assignee(
    filter: ThreadFilter, conditions: Conditions, always: str, bounds: set[str]
) -> Range:
    statuses, covered = statuses_of(filter)
    is_open = list(statuses) == ["open"]
    covered = (covered if is_open else set()) | bounds
    order = _NEWEST
    if filter.unassigned:
        branches = [conditions.named["unassigned"]]
        covered |= {"unassigned"}
        # Null is one value, which the planner does not see; so it is named in the order.
        order = f"t.assignee_id, {_NEWEST}"
    else:
        assert filter.assignee_id is not None
        branches = _each(conditions, "assignee_id", len(filter.assignee_id))
        covered |= {"assignee_id", "unassigned"}
    if is_open:
        branches = [f"{each} and t.status = 'open'" for each in branches]
    return Range(frozenset(covered), _plain(branches, always, order))


def _tagged(filter: ThreadFilter, conditions: Conditions, always: str, bounds: set[str]) -> Range:
    """The threads of a tag stand in their order in an index of the tag's."""
    tags = "(select tt.workspace_id, tt.tag_id, tt.thread_created_at as created_at,"
    tags += " tt.thread_id as id, null::timestamptz as deleted_at from thread_tags tt) t"
    if filter.tag_id is None:
        wanted, covered = [conditions.parameters["tag_all.0"]], set()
        assert filter.tag_all is not None
        if len(filter.tag_all) == 1:
            covered = {"tag_all"}
    else:
        wanted = _elements(conditions.parameters["tag_id"], len(filter.tag_id))
        covered = {"tag_id"}
    # Each in order, as in _union.
    keys = " union all ".join(
        f"(select t.created_at, t.id from {tags} where {always} and t.tag_id = {each}"
        f" and {exists('tags').format(each)} order by {_NEWEST})"
        for each in wanted
    )
    # One that has two of the tags stands there twice, side by side.
    first = "distinct on (k.created_at, k.id)" if len(wanted) > 1 else ""
    ordered = (
        f"select {first} k.created_at, k.id from ({keys}) k order by k.created_at desc, k.id desc"
    )

    # As many as are wanted are counted where it is known which of them were deleted.
    return Range(
        frozenset(covered | bounds),
        lambda limit, condition: (
            f"select t.* from ({ordered}) k join threads t on {_HERE} and t.id = k.id"
            f" where {condition} order by k.created_at desc, k.id desc limit {limit}"
        ),
    )


def _of(status: Status, level: PainLevel) -> str:
    return f"t.status = '{status}' and t.pain_level = '{level}'"


def _active(filter: ThreadFilter, conditions: Conditions) -> Range:
    statuses, covered = statuses_of(filter)
    branches = [f"t.status = '{each}'" for each in statuses]
    read = _plain(branches, conditions.always, "t.last_activity desc, t.id desc")
    return Range(frozenset(covered), read)


def _waiting(filter: ThreadFilter, conditions: Conditions) -> Range:
    statuses, covered = statuses_of(filter)
    if "open" not in statuses:
        covered = set()
    branch = conditions.named.get("waiting_longer_than", WAITS)
    read = _plain([branch], conditions.always, "t.waiting_since, t.id")
    return Range(frozenset(covered | {"waiting_longer_than"}), read)


def _painful(filter: ThreadFilter, conditions: Conditions) -> Range:
    """Level by level: the next one is read only where the page has room for it."""
    statuses, covered = statuses_of(filter)
    levels = filter.pain_level or _PAIN
    values = ", ".join(f"({_PAIN.index(each)}, '{each}')" for each in levels)
    always, from_level = _HERE, "true"
    if conditions.start:
        rank, moment, id = conditions.start
        from_level = f"l.rank <= {rank}::bigint"
        always += f" and {_newer_within(f'l.rank = {rank}::bigint', moment, id)}"
    branches = [f"t.status = '{each}' and t.pain_level = l.level" for each in statuses]
    within = _plain(branches, always, _NEWEST)
    return Range(
        frozenset(covered | {"pain_level"}),
        lambda limit, condition: (
            f"select t.* from (select * from (values {values}) l(rank, level) order by rank desc) l"
            f" cross join lateral ({within(limit, condition)}) t where {from_level}"
            f" order by l.rank desc, {_NEWEST} limit {limit}"
        ),
    )


def _newer_within(is_same: str, moment: str, id: str) -> str:
    """Where a page starts within a part of a list, if it starts in this one; else at its front."""
    place = f"case when {is_same} then {moment}::timestamptz else 'infinity' end"
    return f"(t.created_at, t.id) < ({place}, {id})"


def _by_revenue(_filter: ThreadFilter, conditions: Conditions) -> Range:
    """Company by company, from the highest revenue down."""
    companies = f"rc.workspace_id = $1 and {_HAS_REVENUE}"
    if "company" in conditions.named:
        companies += f" and {conditions.named['company'].replace('co.', 'rc.')}"
    always = f"{_HERE} and t.company_id = rc.id"
    if conditions.start:
        revenue, company, moment, id = conditions.start
        companies += f" and (rc.revenue, rc.id) <= ({revenue}, {company})"
        always += f" and {_newer_within(f'rc.id = {company}', moment, id)}"
    within = _plain(["true"], always, _NEWEST)

    def read(limit: int, condition: str) -> str:
        few = f" limit {_COMPANIES}" if condition == "true" else ""
        return (
            f"select t.* from (select rc.id, rc.revenue from companies rc where {companies}"
            f" order by rc.revenue desc, rc.id desc{few}) rc"
            f" cross join lateral ({within(limit, condition)}) t"
            f" order by rc.revenue desc, rc.id desc, {_NEWEST} limit {limit}"
        )

    covers = {"company_tier", "company_revenue_min", "company_revenue_max"}
    return Range(frozenset(covers), read, is_cut=True)


def _without_revenue(filter: ThreadFilter, conditions: Conditions) -> Range:
    """What stands behind the threads of companies with revenue."""
    always = _HERE
    if conditions.start:
        revenue, _, moment, id = conditions.start
        always += f" and {_newer_within(f'{revenue}::bigint < 0', moment, id)}"
    statuses, covered = statuses_of(filter)
    source = _union([f"t.status = '{each}'" for each in statuses], always, _NEWEST)

    def read(limit: int, condition: str) -> str:
        if condition == "true":
            rows = f"(select t.* from {source} order by {_NEWEST} limit {limit}) t"
        else:
            rows = source
        return (
            f"select t.* from {rows} {WITH_REVENUE} where {condition} and rc.id is null"
            f" order by {_NEWEST} limit {limit}"
        )

    return Range(frozenset(covered), read, is_cut=True)


_RANGES: dict[Sort, list[Callable[[ThreadFilter, Conditions], Range]]] = {
    "created_at": [_newest],
    "last_activity": [_active],
    "oldest_waiting": [_waiting],
    "pain": [_painful],
    "revenue": [_by_revenue, _without_revenue],
}
