"""Keys that there are, times that pass, and who asks."""

import asyncio
from collections import Counter
from uuid import uuid4

from looplane.kit.authentication import Authenticator, bearer
from looplane.kit.errors import RateLimited, Unauthenticated
from looplane.kit.keys import digest
from looplane.kit.principal import Principal

HERE, THERE = "198.51.100.7", "203.0.113.9"


class Time:
    """Both of the clocks, which move only when told to."""

    def __init__(self) -> None:
        self.now = 1_000_000_000.0  # 40 s into a minute

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now


class Keys:
    """The keys there are, and what was asked about them."""

    def __init__(self) -> None:
        self.principals: dict[bytes, Principal] = {}
        self.asked: Counter[bytes] = Counter()
        self.failure: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()

    def add(self, key: str) -> Principal:
        made = Principal(uuid4(), "program", key_id=uuid4())
        self.principals[digest(key)] = made
        return made

    def revoke(self, key: str) -> None:
        del self.principals[digest(key)]

    async def find(self, hashed: bytes) -> Principal | None:
        self.asked[hashed] += 1
        found = self.principals.get(hashed)
        await self.answers.wait()
        if self.failure is not None:
            raise self.failure
        return found


async def authenticate(authenticator: Authenticator, key: str, address: str = HERE) -> Principal:
    return await authenticator.authenticate(bearer(f"Bearer {key}"), address)


async def outcome(authenticator: Authenticator, key: str, address: str = HERE) -> object:
    try:
        return await authenticate(authenticator, key, address)
    except (Unauthenticated, RateLimited) as error:
        return type(error)


async def guess(authenticator: Authenticator, count: int, address: str = HERE) -> Counter[object]:
    keys = (f"ll_{uuid4()}" for _ in range(count))
    return Counter([await outcome(authenticator, key, address) for key in keys])
