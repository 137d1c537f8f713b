"""An ETag says which version, for If-Match, and which representation, for If-None-Match."""

import httpx

from tests.factory import Factory
from tests.witness import version


async def test_what_is_shown_with_a_thing_changes_its_etag_and_not_its_version(
    client: httpx.AsyncClient, make: Factory
) -> None:
    tag = await make.tag()
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    await client.patch(path, json={"tag_ids": [tag["id"]]})
    before = await client.get(path)
    known = {"If-None-Match": before.headers["etag"]}
    assert (await client.get(path, headers=known)).status_code == 304
    await client.patch(f"/tags/{tag['id']}", json={"name": "Renamed"})
    after = await client.get(path, headers=known)
    assert (after.status_code, after.json()["tags"][0]["name"]) == (200, "Renamed")
    assert after.headers["etag"] != before.headers["etag"]
    assert version(after) == version(before)
    written = await client.patch(
        path, json={"title": "T"}, headers={"If-Match": before.headers["etag"]}
    )
    assert (written.status_code, version(written)) == (200, version(before) + 1)
