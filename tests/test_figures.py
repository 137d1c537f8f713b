"""What requests, pools and the worker count, where they do it."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import pytest
import structlog
from prometheus_client import REGISTRY
from starlette.types import Receive, Scope, Send

from looplane.kit import database as database_module, reachability, request_middleware
from looplane.kit.database import Database, open_database
from looplane.kit.errors import Unavailable
from looplane.kit.http_metrics import BUCKETS
from looplane.kit.places import Places
from looplane.kit.reachability import Reachability
from looplane.kit.request_middleware import RequestMiddleware
from looplane.main import create_app
from tests.conftest import SteppedClock, Workspace, connected
from tests.unlimited import UNLIMITED


def figure(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"looplane_{name}", labels) or 0.0


async def test_what_a_limit_refuses_is_counted_by_the_limit(
    database: Database, workspace: Workspace, clock: SteppedClock, one_minute: None
) -> None:
    app = create_app(database, replace(UNLIMITED, reads_per_minute=1, visits_per_minute=1), clock)
    before = {each: figure("rate_limited_total", limit=each) for each in ("read", "visit", "write")}
    async with connected(app, workspace.key) as client:
        answers = [await client.get("/me") for _ in range(4)]
    assert answers[-1].status_code == httpx.codes.TOO_MANY_REQUESTS
    refused = sum(each.status_code == httpx.codes.TOO_MANY_REQUESTS for each in answers)
    assert figure("rate_limited_total", limit="read") - before["read"] == refused
    for other in ("visit", "write"):
        assert figure("rate_limited_total", limit=other) == before[other]
    await app.aclose()


@pytest.mark.parametrize("is_endless", [True, False])
async def test_the_time_of_a_stream_is_that_until_it_began(
    is_endless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(request_middleware, "time", SimpleNamespace(perf_counter=lambda: now[0]))

    async def follow(scope: Scope, _receive: Receive, send: Send) -> None:
        scope["looplane.operation"] = f"test-stream-{is_endless}"
        if is_endless:
            scope["looplane.is_endless"] = True
        now[0] = 0.002
        await send({"type": "http.response.start", "status": 200, "headers": []})
        now[0] = 3600.0
        await send({"type": "http.response.body", "body": b"x"})

    transport = httpx.ASGITransport(RequestMiddleware(follow))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        await client.get("/")
    took = figure("request_seconds_sum", operation=f"test-stream-{is_endless}")
    assert took == pytest.approx(0.002 if is_endless else 3600)


def test_the_buckets_tell_fast_answers_apart() -> None:
    assert sum(each <= 0.005 for each in BUCKETS) >= 5
    assert max(BUCKETS) == 10
    assert list(BUCKETS) == sorted(set(BUCKETS))


async def test_a_pool_tells_what_is_in_use_and_who_waits(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await open_database(dsn, 2, name="test")
    named = {"pool": "test"}
    async with AsyncExitStack() as held:
        for count in (1, 2):
            await held.enter_async_context(opened.reading())
            assert figure("pool_connections_in_use", **named) == count
        monkeypatch.setattr(database_module, "ACQUIRE_TIMEOUT", 0.3)
        waiting = asyncio.ensure_future(held.enter_async_context(opened.reading()))
        await asyncio.sleep(0)
        assert figure("pool_waiting", **named) == 1
        with pytest.raises(Unavailable):
            await waiting
        assert figure("pool_waiting", **named) == 0
        assert figure("pool_timeouts_total", **named) == 1
        assert figure("pool_wait_seconds_count", **named) == 3
        assert figure("pool_connections", **named) == figure("pool_max_connections", **named) == 2
    assert figure("pool_connections_in_use", **named) == 0
    await opened.pool.close()


def test_followers_are_counted_while_they_stay() -> None:
    before = figure("stream_followers")
    places = Places(0, 0)
    with places.take(None), places.take(None):
        assert figure("stream_followers") == before + 2
    assert figure("stream_followers") == before


REFUSED = ConnectionRefusedError("no")
SLOW: list[Exception] = [TimeoutError(), Unavailable(), asyncpg.QueryCanceledError("slow")]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    moment = [100.0]
    monkeypatch.setattr(reachability, "time", SimpleNamespace(monotonic=lambda: moment[0]))
    return moment


def said(lines: list[Any]) -> list[str]:
    return [each["event"].partition(";")[0] for each in lines]


def test_that_the_database_is_away_and_back_is_said_once(now: list[float]) -> None:
    with structlog.testing.capture_logs() as lines:
        reached = Reachability()
        for _ in range(5):
            reached.failed(REFUSED)
        reached.answered(asked_at=99.0)  # asked before it was away
        assert said(lines) == ["the database is away"]
        now[0] = 130.0
        for _ in range(5):
            reached.answered(asked_at=120.0)
        assert said(lines) == ["the database is away", "the database is back"]
        assert lines[-1]["away_seconds"] == 30.0
        reached.failed(REFUSED)
    assert len(lines) == 3


@pytest.mark.parametrize("error", SLOW)
def test_one_that_waits_says_nothing_of_the_database(error: Exception, now: list[float]) -> None:
    with structlog.testing.capture_logs() as lines:
        reached = Reachability()
        reached.failed(error)
        reached.failed(ValueError("a fault of ours"))
        assert not lines
        now[0] += 60.0  # and nobody was answered
        reached.failed(error)
    assert said(lines) == ["the database is away"]
