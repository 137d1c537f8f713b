"""The threads of a merge move in batches, and each comes back."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.companies.merges import sql
from tests.company_pairs import pair_of
from tests.factory import Factory
from tests.test_company_merges import company_of
from tests.witness import events_of

_BATCHES = """
select t.thread_ids from company_merge_threads t
join company_merges m on m.workspace_id = t.workspace_id and m.id = t.merge_id
where m.survivor_id = $1 order by t.batch"""


async def test_many_move_in_batches(
    client: httpx.AsyncClient, make: Factory, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = sql.MOVE_THREADS.replace(f"limit {sql.BATCH}", "limit 2")
    assert small != sql.MOVE_THREADS
    monkeypatch.setattr(sql, "MOVE_THREADS", small)
    pair = await pair_of(make)
    paths = [f"/threads/{(await make.thread(company_id=pair.source))['id']}" for _ in range(5)]
    await pair.merge()
    assert [await company_of(client, path) for path in paths] == [pair.survivor] * 5
    # Of the first batches nothing is left to go back.
    batches = await db.fetch(_BATCHES, UUID(pair.survivor))
    assert sorted(len(each["thread_ids"]) for each in batches) == [1, 2, 2]
    for id in batches[0]["thread_ids"] + batches[1]["thread_ids"]:
        await client.patch(f"/threads/{id}", json={"company_id": None})
    await pair.unmerge()
    [last] = batches[2]["thread_ids"]
    assert await company_of(client, f"/threads/{last}") == pair.source
    told = await events_of(db, pair.survivor)
    assert [each["after"]["moved_thread_count"] for each in told[1:]] == [5, 1]
