"""Whoever names an address gets nothing of the network inside, whatever they try."""

import asyncio
import io
from collections.abc import AsyncIterator

import httpcore
import pytest

from looplane.kit.checked_network import CheckedNetwork
from looplane.kit.outbound import Outbound
from looplane.kit.public_addresses import is_public
from tests.processes import come_about
from tests.web_servers import UNREACHABLE, Web, answer, fetch, reaching, refusal, web

INSIDE = [
    *("0.0.0.0", "10.1.2.3", "127.0.0.1", "127.255.255.254", "172.16.0.1", "192.168.1.1"),
    *("100.64.0.1", "100.100.100.200", "169.254.169.254", "168.63.129.16", "192.0.0.192"),
    *("192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254"),
    *(
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",
        "2001:1::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
    ),
    *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
    *("64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:808:808::80ff:fffe"),
    *("2001:0:7f00:1::f7f7:f7f7", "100::1", "localhost", ""),
]
OUTSIDE = ["8.8.8.8", "93.184.216.34", "::ffff:8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_outside_is_known(address: str) -> None:
    assert is_public(address)


class Names:
    """A resolver whose names have other addresses from one look to the next."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers, self.looks = answers, 0

    async def __call__(self, host: str, _port: int) -> list[str]:
        self.looks += 1
        if host not in self.answers:
            raise OSError(host)
        found = self.answers[host]
        return found.pop(0) if len(found) > 1 else found[0]


@pytest.fixture
async def here() -> AsyncIterator[Web]:
    async with web() as server:
        yield server


class Dialled(httpcore.AnyIOBackend):
    """Connects to nothing, and says to what."""

    seen: list[tuple[str, int]]

    async def connect_tcp(self, host: str, port: int, *_: object) -> httpcore.AsyncNetworkStream:
        type(self).seen.append((host, port))
        raise httpcore.ConnectError


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    Dialled.seen = []
    monkeypatch.setattr(httpcore, "AnyIOBackend", Dialled)
    return Dialled.seen


async def test_the_checked_address_is_the_one_connected_to(dialled: list[tuple[str, int]]) -> None:
    names = Names(**{"turns.example": [["93.184.216.34"], ["127.0.0.1"]]})
    outbound = Outbound(resolve=names)
    assert await refusal(outbound, "http://turns.example/") == UNREACHABLE
    assert (dialled, names.looks) == ([("93.184.216.34", 80)], 1)
    # Now it is inside: nothing is connected to.
    assert await refusal(outbound, "http://turns.example/") == UNREACHABLE
    assert len(dialled) == 1


async def test_of_several_addresses_the_public_ones_are_tried(
    dialled: list[tuple[str, int]],
) -> None:
    mixed = ["10.0.0.1", "93.184.216.34", "::1", "2606:4700::1111", "::ffff:127.0.0.1"]
    outbound = Outbound(resolve=Names(**{"mixed.example": [mixed]}))
    await refusal(outbound, "https://mixed.example:8443/")
    assert dialled == [("93.184.216.34", 8443), ("2606:4700::1111", 8443)]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1", "localhost", "0"],
)
async def test_however_it_is_spelt_inside_is_inside(here: Web, host: str) -> None:
    here.pages["/"] = answer(b"secret")
    outbound = Outbound()
    assert await refusal(outbound, here.url("/", host)) == UNREACHABLE
    assert here.asked == []


async def test_refused_and_unreachable_look_alike(here: Web) -> None:
    outbound = Outbound(resolve=Names(**{"inside.example": [["127.0.0.1"]]}))
    here.pages["/"] = answer(b"secret")
    told = {
        await refusal(outbound, here.url("/", "inside.example")),
        await refusal(outbound, "http://inside.example:1/"),
        await refusal(outbound, "http://no-such.example/"),
        await refusal(outbound, f"http://{'x' * 64}.example/"),
    }
    assert told == {UNREACHABLE}


async def test_what_is_allowed_is_allowed_by_name_and_port(here: Web) -> None:
    here.pages["/"] = answer(b"words", Content_Type="text/plain")
    names = Names(**{"web.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]})
    outbound = Outbound([("web.example", here.port)], names)
    reply, body = await fetch(outbound, here.url("/", "WEB.example"))
    assert (reply.status, body, reply.headers["content-type"]) == (200, b"words", "text/plain")
    assert f"host: web.example:{here.port}" in here.asked[0].lower()
    for refused in (here.url("/", "other.example"), here.url("/", "127.0.0.1")):
        assert await refusal(outbound, refused) == UNREACHABLE
    outbound = Outbound([("web.example", here.port + 1)], names)
    assert await refusal(outbound, here.url("/")) == UNREACHABLE
    assert len(here.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_each_redirect_is_checked(here: Web, status: int) -> None:
    here.pages["/"] = answer(b"no", status, Location="/there")
    here.pages["/there"] = answer(b"words")
    here.pages["/inside"] = answer(b"", status, Location=here.url("/secret", "127.0.0.1"))
    here.pages["/secret"] = answer(b"secret")
    async with reaching(here) as outbound:
        reply, body = await fetch(outbound, here.url("/"))
        assert (body, reply.url) == (b"words", here.url("/there"))
        assert await refusal(outbound, here.url("/inside")) == UNREACHABLE
    assert "/secret" not in here.paths


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://web.example/", "http://a:b@web.example/", "//["],
)
async def test_a_redirect_leads_to_the_web_alone(here: Web, location: str) -> None:
    here.pages["/"] = answer(b"", 302, Location=location)
    async with reaching(here) as outbound:
        assert await refusal(outbound, here.url("/"))
    assert here.paths == ["/"]


async def test_redirects_have_an_end(here: Web) -> None:
    for number in range(9):
        here.pages[f"/{number}"] = answer(b"", 302, Location=f"/{number + 1}")
    here.pages["/9"] = answer(b"end")
    async with reaching(here) as outbound:
        assert (await fetch(outbound, here.url("/4")))[1] == b"end"
        here.asked.clear()
        assert "more than 5 times" in await refusal(outbound, here.url("/0"))
    assert len(here.asked) == 6


async def test_a_plain_request_follows_no_redirect(here: Web) -> None:
    here.pages["/hook"] = answer(b"moved", 307, Location="/there")
    async with reaching(here) as outbound:
        into = io.BytesIO()
        reply = await outbound.send(
            "POST", here.url("/hook"), into, 100, content=b"{}", headers={"X-A": "1"}
        )
    assert (reply.status, here.paths) == (307, ["/hook"])
    assert here.asked[0].startswith("POST /hook ")
    assert "x-a: 1" in here.asked[0].lower()


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "gopher://web.example/", "http://me:secret@web.example/"),
        *("web.example", "http://", "http://[::1", "http://a\0b/", "http://\ud800.example/"),
        "http://web.example:99999/",
    ],
)
async def test_an_address_is_one_of_the_web(url: str) -> None:
    assert await refusal(Outbound(resolve=Names()), url)


async def test_nothing_is_taken_from_one_answer_to_the_next_request(here: Web) -> None:
    here.pages["/"] = answer(b"1", Set_Cookie="session=theirs")
    async with reaching(here) as outbound:
        for _ in range(2):
            await fetch(outbound, here.url("/"))
    assert "cookie" not in "".join(here.asked).lower()


async def test_the_proxy_of_the_environment_is_none(
    here: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, here.url("", "127.0.0.1"))
    outbound = Outbound(resolve=Names())
    assert await refusal(outbound, "http://no-such.example/") == UNREACHABLE
    assert here.asked == []


async def test_a_name_is_looked_up_once_for_all_who_ask_meanwhile(
    here: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.pages["/"] = answer(b"x")
    looks: list[str] = []
    asked, wanted = 0, 10
    look_up = CheckedNetwork._look_up  # noqa: SLF001

    async def counted(network: CheckedNetwork, host: str, port: int) -> list[str]:
        nonlocal asked
        asked += 1
        return await look_up(network, host, port)

    async def resolve(host: str, _port: int) -> list[str]:
        looks.append(host)
        await come_about(lambda: asked == wanted)
        if len(looks) > 1:
            raise OSError(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(CheckedNetwork, "_look_up", counted)
    outbound = Outbound([("web.example", here.port)], resolve, None)
    answers = await asyncio.gather(*(fetch(outbound, here.url("/")) for _ in range(10)))
    assert (len(answers), looks) == (10, ["web.example"])
    # The next one is a lookup of its own, and what it comes to is told to all who wait for it.
    wanted += 2
    refused = await asyncio.gather(*(refusal(outbound, here.url("/")) for _ in range(2)))
    assert (refused, len(looks)) == ([UNREACHABLE] * 2, 2)
    await outbound.aclose()


async def test_a_name_that_is_never_found_keeps_no_other_waiting(here: Web) -> None:
    here.pages["/"] = answer(b"x")
    never = asyncio.Event()

    async def resolve(host: str, _port: int) -> list[str]:
        if host != "web.example":
            await never.wait()
        return ["127.0.0.1"]

    outbound = Outbound([("web.example", here.port)], resolve, None)
    into = io.BytesIO()
    sends = [outbound.send("GET", f"http://dead{i}.example/", into, 10) for i in range(100)]
    waiting = [asyncio.ensure_future(each) for each in sends]
    await asyncio.sleep(0)
    assert (await fetch(outbound, here.url("/")))[0].status == 200
    assert not any(each.done() for each in waiting)
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await outbound.aclose()
