"""For each field of a PATCH a value that a new thing does not have."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from tests.contract import Operation
from tests.operations import Schema, World, fields_of, is_reference, refer

# Fields that change nothing by themselves.
WITHOUT_EFFECT = {"clear_ai_draft_error", "notify", "allow_image_removal", "language"}
# What a field needs beside it.
BESIDE: dict[str, dict[str, Any]] = {
    "snoozed_until": {"status": "snoozed"},
    "closed_loop": {"status": "done"},
    "ai_draft_sources": {"ai_draft_html": "<p>draft</p>"},
    "password": {"username": "support"},
}
# What a second writer changes: the first of these that the first writer leaves alone.
PLAIN: tuple[str, ...] = (
    "title",
    "name",
    "text",
    "color",
    "email",
    "logo_url",
    "image_url",
    "summary",
    "order",
    "label",
    "allowed_ips",
    "content",
    "attachments",
    "html",
    "description",
    "slug",
    "address",
    "announcement_channel",
    "notification_channel",
    "url",
)
# Fields whose schema does not say enough.
_BY_NAME: dict[str, Any] = {
    "is_subscribed": False,
    "domains": ["other.com"],
    "ai_draft_sources": [{"type": "t", "title": "x"}],
    "priority": 4,
    "company_name": "Named",
    "scopes": ["admin"],
    "company_external_id": "named",
    "is_shared": False,
    "smtp_host": "smtp.other.example",
    "filters": {"status": ["done"]},
    "events": ["tag.*"],
}
_number = count(1)


async def furnish_names(world: World) -> None:
    """Makes what the values name, beside what is there in `world`."""
    company = await world.make.company(name="Named", external_ids=["named"])
    statuses = (await world.client.get("/projects/statuses")).json()["data"]
    team = {"team_id": world.ids["team"]}
    states = await world.client.get("/issues/workflow-states", params=team)
    world.ids["company"] = company["id"]
    world.ids["workflow state"] = states.json()["data"][-1]["id"]
    world.ids["project status"] = statuses[-1]["id"]


def other_value(operation: Operation, name: str, schema: Schema, world: World) -> Any:
    """One that differs from call to call, where the field takes so many."""
    if is_reference(name):
        return refer(name, world.ids, operation)
    if name in _BY_NAME:
        return _BY_NAME[name]
    if "enum" in schema:
        return schema["enum"][-1]
    number = next(_number)
    numbered: dict[str, Any] = dict.fromkeys(
        ("text", "ai_draft_html", "content", "html"), f"<p>{number}</p>"
    )
    numbered["token"] = f"xoxb-{number:010}"
    numbered["slug"] = f"slug-{number}"
    numbered["url"] = f"https://other.example/{number}"
    numbered["allowed_ips"] = [f"2001:db8::{number:x}"]
    if name in numbered:
        return numbered[name]
    if "pattern" in schema:
        return f"#{number:06x}"
    formats = {
        "email": f"other{number}@mail.example",
        "uri": f"https://other.example/{number}",
        "date-time": "2999-01-01T00:00:00Z",
    }
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    file = {"name": f"{number}.txt", "url": f"https://files.example/{number}"}
    examples = {
        "boolean": True,
        "integer": number,
        "number": number * 1000 + 0.5,  # what counts up does not come to it
        "array": [file] if name == "attachments" else ["1"],
        "object": {"plain": "1"},
    }
    return examples.get(kind) or formats.get(schema.get("format", ""), f"other {number}")


def changes_of(operation: Operation, world: World) -> Iterator[tuple[dict[str, Any], str]]:
    """For each field a body that changes it, and a plain field that the body leaves alone.

    Where there is no other one, that is the field itself.
    """
    fields = fields_of(operation)
    for name, schema in fields.items():
        if name not in WITHOUT_EFFECT:
            body = {name: other_value(operation, name, schema, world), **BESIDE.get(name, {})}
            others = [each for each in PLAIN if each in fields and each not in body]
            yield body, next(iter(others), name)


def another_change(operation: Operation, world: World, field: str) -> dict[str, Any]:
    """A body that changes one plain field, to another value each time."""
    return {field: other_value(operation, field, fields_of(operation)[field], world)}
