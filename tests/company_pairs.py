"""A company and the one that goes into it, for tests of merges."""

from typing import Any

import httpx

from tests.factory import Factory


class Pair:
    """A company and the one that goes into it."""

    def __init__(self, client: httpx.AsyncClient, survivor: Any, source: Any) -> None:
        self.client = client
        self.survivor, self.source = str(survivor["id"]), str(source["id"])
        self.path = f"/companies/{self.survivor}"

    async def send(self, verb: str, **options: Any) -> httpx.Response:
        body = {"source_id": self.source}
        return await self.client.post(f"{self.path}/{verb}", json=body, **options)

    async def merge(self) -> dict[str, Any]:
        answer = await self.send("merge")
        assert answer.is_success, answer.text
        return dict(answer.json())

    async def unmerge(self) -> dict[str, Any]:
        answer = await self.send("unmerge")
        assert answer.is_success, answer.text
        return dict(answer.json())

    async def shown(self, id: str) -> dict[str, Any]:
        return dict((await self.client.get(f"/companies/{id}")).json())


async def pair_of(make: Factory, **fields: Any) -> Pair:
    return Pair(make.client, await make.company(), await make.company(**fields))
