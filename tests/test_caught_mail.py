"""Mail that was caught: who sees it, how much of it is kept, and that it goes."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from looplane.caught_mail import rules
from looplane.caught_mail.commands import sweep_caught
from tests.conftest import SteppedClock
from tests.factory import Factory


def source() -> bytes:
    message = EmailMessage()
    message["Subject"] = "Über uns"
    message.set_content("Words\n")
    message.add_alternative("<p>Words</p>", subtype="html")
    message.add_attachment(
        b"\x00\xff", maintype="image", subtype="png", filename="a.png", cid="<a>"
    )
    return message.as_bytes()


async def test_a_mail_is_shown_with_its_source_and_parts(
    client: httpx.AsyncClient, make: Factory
) -> None:
    made = await make.caught_mail(source=source(), subject="Über uns")
    [listed] = (await client.get("/caught-mail")).json()["data"]
    assert (listed["id"], listed["subject"], listed["to"]) == (
        made["id"],
        "Über uns",
        ["somebody@mail.example"],
    )
    whole = (await client.get(f"/caught-mail/{made['id']}")).json()
    assert whole["source"].startswith("Subject: =?utf-8?")
    assert [(each["content_type"], each["text"]) for each in whole["parts"]] == [
        ("text/plain", "Words\n"),
        ("text/html", "<p>Words</p>\n"),
        ("image/png", None),
    ]
    assert (whole["parts"][2]["size"], whole["parts"][2]["name"]) == (2, "a.png")
    assert (whole["is_cut"], whole["size"]) == (False, len(source()))
    of_links = await client.get("/caught-mail", params={"kind": "sign_in_link"})
    assert of_links.json()["data"] == []


@pytest.mark.parametrize("broken", [b"\xff\x00\xfe", b"", b"Content-Type: multipart/mixed\n\n--"])
async def test_whatever_was_caught_is_shown(
    client: httpx.AsyncClient, make: Factory, broken: bytes
) -> None:
    made = await make.caught_mail(source=broken)
    assert (await client.get(f"/caught-mail/{made['id']}")).status_code == 200


async def test_a_mail_is_deleted_for_good(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    made = await make.caught_mail()
    assert (await client.delete(f"/caught-mail/{made['id']}")).status_code == 200
    assert (await client.get(f"/caught-mail/{made['id']}")).status_code == 404
    count = "select count(*) from caught_mail where id::text = $1"
    assert await db.fetchval(count, made["id"]) == 0


async def test_it_is_nobody_elses(
    stranger: httpx.AsyncClient, client: httpx.AsyncClient, make: Factory
) -> None:
    made = await make.caught_mail()
    assert (await stranger.get(f"/caught-mail/{made['id']}")).status_code == 404
    assert (await stranger.get("/caught-mail")).json()["data"] == []


async def test_only_the_newest_are_kept(
    client: httpx.AsyncClient, make: Factory, monkeypatch: pytest.MonkeyPatch, clock: SteppedClock
) -> None:
    monkeypatch.setattr(rules, "MAX_MAILS", 3)
    for i in range(5):
        clock.step(timedelta(seconds=1))
        await make.caught_mail(subject=f"{i}", now=clock())
    listed = (await client.get("/caught-mail")).json()["data"]
    assert [each["subject"] for each in listed] == ["4", "3", "2"]
    monkeypatch.setattr(rules, "MAX_BYTES", 100)
    clock.step(timedelta(seconds=1))
    await make.caught_mail(subject="large", source=b"x" * 90, now=clock())
    listed = (await client.get("/caught-mail")).json()["data"]
    assert [each["subject"] for each in listed] == ["large"]


async def test_what_is_old_goes(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    await make.caught_mail(now=clock() - timedelta(days=29))
    await make.caught_mail(now=clock())
    await db.execute("update caught_mail set created_at = created_at - interval '1 day 1 second'")
    await sweep_caught(db, clock)
    assert len((await client.get("/caught-mail")).json()["data"]) == 1
