"""Keys that end, and keys that are good from some addresses only."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit.authentication import Authenticator
from looplane.kit.errors import Forbidden, Unauthenticated
from looplane.kit.keys import digest
from looplane.kit.networks import parse_network
from looplane.kit.principal import Principal
from looplane.main import API_ROOT
from tests import contract
from tests.authentication.keys import HERE, THERE, Keys, Time, authenticate
from tests.contract import OPERATIONS, Operation
from tests.operations import World, request

END = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


class Clock:
    now = END - timedelta(milliseconds=1)

    def __call__(self) -> datetime:
        return self.now


def bounded(keys: Keys, *networks: str, expires_at: datetime | None = None) -> None:
    plain = keys.add("ll_a")
    keys.principals[digest("ll_a")] = replace(
        plain, networks=tuple(map(parse_network, networks)), expires_at=expires_at
    )


async def test_a_key_ends_in_the_middle_of_its_second(keys: Keys, time: Time) -> None:
    clock, noted = Clock(), list[Principal]()
    authenticator = Authenticator(keys.find, clock, noted.append)
    bounded(keys, expires_at=END)
    await authenticate(authenticator, "ll_a")
    clock.now = END
    for _ in range(3):
        with pytest.raises(Unauthenticated, match="expired"):
            await authenticate(authenticator, "ll_a")
    assert keys.asked.total() == 1, "what is remembered ends as well"
    assert len(noted) == 1


@pytest.mark.parametrize(
    ("networks", "address", "is_let_in"),
    [
        ([], THERE, True),
        ([], "", True),
        ([HERE], HERE, True),
        ([HERE], f"::ffff:{HERE}", True),
        (["::ffff:198.51.100.0/120"], HERE, True),
        (["203.0.113.1", "198.51.100.0/24"], HERE, True),
        (["0.0.0.0/0"], HERE, True),
        (["2001:db8::/32"], "2001:db8:1::1", True),
        ([HERE], THERE, False),
        ([HERE], f"::ffff:{THERE}", False),
        (["0.0.0.0/0"], "2001:db8::1", False),
        (["::/0"], HERE, False),
        (["::/0"], f"::ffff:{HERE}", False),
        (["2001:db8::/32"], "2001:db9::1", False),
        (["0.0.0.0/0"], "", False),
        (["0.0.0.0/0"], "unix", False),
    ],
)
async def test_from_where_a_key_is_good(
    keys: Keys, networks: list[str], address: str, *, is_let_in: bool
) -> None:
    noted = list[Principal]()
    authenticator = Authenticator(keys.find, note=noted.append)
    bounded(keys, *networks)
    if is_let_in:
        await authenticate(authenticator, "ll_a", address)
    else:
        with pytest.raises(Forbidden, match=address or "an unknown address"):
            await authenticate(authenticator, "ll_a", address)
    assert len(noted) == is_let_in


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_no_operation_is_open_from_elsewhere(
    app: ASGIApp, mine: World, operation: Operation
) -> None:
    key = await mine.make.key()
    statement = "update api_keys set allowed_ips = '{10.0.0.0/8}' where hash = $1"
    await mine.make.db.execute(statement, digest(key))
    try:
        transport = httpx.ASGITransport(app, client=("203.0.113.9", 7))
        async with httpx.AsyncClient(
            transport=transport,
            base_url=f"http://looplane.test{API_ROOT}",
            headers={"Authorization": f"Bearer {key}"},
            event_hooks={"response": [contract.check]},
        ) as caller:
            answer = await caller.request(**request(operation, mine))
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert "203.0.113.9" in answer.json()["message"]
    finally:
        await mine.make.db.execute("delete from api_keys where hash = $1", digest(key))
