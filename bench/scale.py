"""The same requests at ten thousand threads and at a million: what grows with the size."""

import json
from datetime import timedelta
from statistics import median
from urllib.parse import quote, urlencode

from bench import lists, load
from bench.requests import fetch, timed
from bench.updates import get, patch
from bench.world import PORT, World, api
from looplane.kit.clock import iso

TABS = ("open", "new", "needs-response", "my", "snoozed", "done")
_TRIES = 40
# A page that both sizes have a hundred of; a member's own tabs are short at ten thousand.
_LIMIT = 2


def measure(world: World) -> dict[str, float]:
    """Median milliseconds of each request, one at a time."""
    with api(world):
        # Before anything is changed: what the seed changed in its last minute, of both sizes.
        since = quote(iso(world.seeded_at - timedelta(minutes=1)))
        changed = _timed(world, f"/threads?updated_after={since}")
        found = {
            "PATCH": 1000 / load.run(patch(world), PORT, 6, 1).rate,
            "GET one": 1000 / load.run(get(world), PORT, 4, 1).rate,
        }
        for tab in TABS:
            found[f"{tab}, first page"] = _timed(world, f"/threads?tab={tab}&limit=50")
            cursor = _cursor_of(world, tab, 99)
            found[f"{tab}, hundredth page"] = _timed(
                world, f"/threads?tab={tab}&limit={_LIMIT}&cursor={cursor}"
            )
        for sort in lists.SORTS:
            found[f"open by {sort}, first page"] = _timed(
                world, f"/threads?status=open&sort={sort}"
            )
        for name, sent in lists.FILTERS.items():
            found[f"{name}, first page"] = _timed(world, f"/threads?{urlencode(sent)}")
        found["changed lately, first page"] = changed
        found["projects by score, first page"] = _timed(world, "/projects?sort=total_score")
    return found


def _timed(world: World, target: str) -> float:
    return median(timed(world, lambda: target, _TRIES))


def _cursor_of(world: World, tab: str, pages: int) -> str:
    cursor = ""
    for _ in range(pages):
        tail = f"&cursor={cursor}" if cursor else ""
        cursor = json.loads(fetch(world, f"/threads?tab={tab}&limit={_LIMIT}{tail}"))["page"][
            "cursor"
        ]
    return cursor
