"""GET /threads while rows come and go."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings, strategies as st

from looplane.kit.clock import iso
from tests.conftest import SteppedClock
from tests.factory import Factory

# A change between two pages: a thread is added so many minutes from the middle, or the n-th goes.
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(-6, 6)),
        st.tuples(st.just("remove"), st.integers(0, 20)),
    ),
    max_size=3,
)


async def _change(
    make: Factory, middle: datetime, there: list[str], changes: Sequence[tuple[str, int]]
) -> set[str]:
    """Takes `changes`; says the ids of all that came or went."""
    touched = set()
    for kind, number in changes:
        if kind == "add":
            at = iso(middle + timedelta(minutes=number))
            touched.add((await make.thread(created_at=at))["id"])
        elif there:
            id = there.pop(number % len(there))
            assert (await make.client.delete(f"/threads/{id}")).status_code == 200
            touched.add(id)
    return touched


@given(
    minutes=st.lists(st.integers(-6, 6), min_size=1, max_size=9),
    limit=st.integers(1, 4),
    between=st.lists(CHANGES, max_size=6),
)
@settings(
    max_examples=25,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_rows_that_come_and_go_make_no_page_skip_or_repeat(
    client: httpx.AsyncClient,
    make: Factory,
    clock: SteppedClock,
    minutes: list[int],
    limit: int,
    between: list[list[tuple[str, int]]],
) -> None:
    middle = clock() - timedelta(hours=1)
    contact = (await make.contact())["email"]
    make_here = _Bound(make, contact)
    there = [
        (await make_here.thread(created_at=iso(middle + timedelta(minutes=each))))["id"]
        for each in minutes
    ]
    first = (await client.get("/contacts", params={"email": contact})).json()["data"][0]["id"]
    params: dict[str, Any] = {"contact_id": first, "limit": limit}
    seen: list[tuple[str, str]] = []
    stayed = set(there)
    for changes in [*between, *[[]] * 20]:
        page = (await client.get("/threads", params=params)).json()
        seen += [(row["created_at"], row["id"]) for row in page["data"]]
        if page["page"]["cursor"] is None:
            break
        params["cursor"] = page["page"]["cursor"]
        stayed -= await _change(make_here, middle, there, changes)
    assert seen == sorted(set(seen), reverse=True), "in order, none twice"
    assert stayed <= {id for _, id in seen}, "none that stayed is skipped"


class _Bound(Factory):
    """Makes threads of one contact only, so that runs do not see each other's."""

    def __init__(self, make: Factory, email: str) -> None:
        super().__init__(make.client, make.db, make.workspace_id)
        self.email = email

    async def thread(self, **fields: Any) -> dict[str, Any]:
        return await super().thread(contact_email=self.email, **fields)
