"""The line of a request: who asked, and why it was refused, without what was sent."""

from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
from starlette.types import ASGIApp

from tests.conftest import connected
from tests.operations import World
from tests.real_logs import real_logs


@pytest.fixture
async def nobody(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a key, who asks for any path."""
    async with connected(app, None) as client:
        client.base_url = httpx.URL("http://looplane.test")
        yield client


@pytest.fixture
def log() -> Iterator[Callable[[], str]]:
    """All that was logged since."""
    with real_logs("info", "json") as said:
        yield said


JSON = {"Content-Type": "application/json"}
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


async def test_a_line_says_why_a_request_is_not_valid_and_repeats_nothing(
    mine: World, log: Callable[[], str]
) -> None:
    body = {"name": 5, "secret@firm.example": {"deep": 1}, "color": "no-such-color-word"}
    await mine.client.post("/tags?word=hidden@firm.example", json=body)
    await mine.client.post("/tags", content='{"broken@firm.example', headers=JSON)
    await mine.client.get("/threads?limit=1&limit=2&more@firm.example=1&more@firm.example=2")
    lines = log()
    for why in (
        "name string_type",
        "icon missing",
        "?.? extra_forbidden",
        "body json",
        "limit twice",
    ):
        assert why in lines
    assert "firm.example" not in lines
    assert "no-such-color" not in lines


async def test_a_line_has_the_trace_it_is_part_of(mine: World, log: Callable[[], str]) -> None:
    parent = "00f067aa0ba902b7"
    await mine.client.get("/me", headers={"traceparent": f"00-{TRACE}-{parent}-01"})
    assert TRACE in log()
    for bad in (
        f"ff-{TRACE}-{parent}-01",
        f"00-{TRACE.upper()}-{parent}-01",
        f"00-{'0' * 32}-{parent}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{parent}-01x",
        TRACE,
    ):
        await mine.client.get("/me", headers={"traceparent": bad})
    assert log().lower().count(TRACE) == 1
    assert log().count("trace_id") == 1


async def test_probes_that_go_well_are_no_news(
    nobody: httpx.AsyncClient, log: Callable[[], str]
) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await nobody.get(path)).status_code == httpx.codes.OK
    assert log() == ""
    await nobody.get("/nowhere")
    assert "/nowhere" in log()


async def test_a_line_has_no_path_that_may_do_something_by_itself(
    nobody: httpx.AsyncClient, log: Callable[[], str]
) -> None:
    for path in ("/files/hidden/picture.png", "/unsubscribe/hidden"):
        await nobody.get(path)
        await nobody.post(path)
    lines = log()
    assert lines.count("/files/…") == lines.count("/unsubscribe/…") == 2
    assert "hidden" not in lines
