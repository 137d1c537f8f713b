"""The same lists of contacts and companies in a small workspace and in a large one."""

import json
import random
from statistics import quantiles
from urllib.parse import quote

from bench.requests import fetch, timed
from bench.world import World, api, bench_id

_TRIES = 150
# A first name that one in thirty has; typed without its accents.
_COMMON = ("anna", "bjorn", "elodie", "JOSE", "soren", "tomas", "zoe", "constantin")


def measure(world: World) -> dict[str, float]:
    """The 95th percentile of each request in milliseconds, one at a time."""
    with api(world):
        names = _names(world)
        chance = random.Random(1)
        surnames = [name.split(" ")[-1] for name in names]
        asked = {
            "contacts, first page": lambda: "/contacts",
            "companies, first page": lambda: "/companies",
            "contacts of a company": lambda: f"/contacts?company_id={_company(world, chance)}",
            "contact by address": lambda: (
                f"/contacts?email=P{chance.randint(1, world.size)}@"
                f"c{1 + chance.randint(1, world.size) % 9}.example"
            ),
            "company by domain": lambda: f"/companies?domain=c{_number(world, chance)}.example",
            "a name that many have": lambda: _part("contacts", chance.choice(_COMMON)),
            "a whole name": lambda: _part("contacts", chance.choice(names)),
            "a surname": lambda: _part("contacts", chance.choice(surnames)),
            "the beginning of a surname": lambda: _part("contacts", chance.choice(surnames)[:4]),
            "two letters": lambda: _part("contacts", chance.choice(names)[:2]),
            "a name that nobody has": lambda: _part("contacts", f"xyzzy {chance.random()}"),
            "a word of a company": lambda: _part("companies", chance.choice(("cafe", "baltic"))),
        }
        return {name: _p95(timed(world, make, _TRIES)) for name, make in asked.items()}


def _part(path: str, part: str) -> str:
    return f"/{path}?name_contains={quote(part)}"


def _number(world: World, chance: random.Random) -> int:
    return chance.randint(1, world.size // 4)


def _company(world: World, chance: random.Random) -> str:
    return bench_id("c", _number(world, chance))


def _names(world: World) -> list[str]:
    """Names of contacts from all over the workspace."""
    chance, found = random.Random(2), []
    for _ in range(_TRIES):
        contact = bench_id("b", chance.randint(1, world.size))
        found.append(str(json.loads(fetch(world, f"/contacts/{contact}"))["name"]))
    return found


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]
