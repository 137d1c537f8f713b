"""What there is, as whoever reads all events from the first one has it."""

from typing import Any

import httpx


async def replay(client: httpx.AsyncClient, limit: int = 7) -> dict[str, dict[str, Any]]:
    """What there is as the feed tells it from its beginning: of each thing its last version."""
    things: dict[str, dict[str, Any] | None] = {}
    versions: dict[str, int] = {}
    cursor, has_more = None, True
    while has_more:
        params = {"limit": limit, **({"after": cursor} if cursor else {})}
        answer = await client.get("/events", params=params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        for event in page["data"]:
            id, version = event["subject_id"], event["version"] or 0
            if version >= versions.get(id, 0):
                versions[id] = version
                things[id] = None if event["type"].endswith(".deleted") else event["data"]
        cursor, has_more = page["page"]["cursor"], page["page"]["has_more"]
    return {id: thing for id, thing in things.items() if thing is not None}
