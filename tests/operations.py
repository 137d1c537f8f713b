"""A valid request for each operation of the contract, for tests to spoil in one place."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.contract import OPERATIONS, Operation
from tests.factory import Factory

Schema = dict[str, Any]
# What a part of a path names.
_IN_PATH = {
    "threads": "thread",
    "contacts": "contact",
    "companies": "company",
    "tags": "tag",
    "groups": "empty group",
    "projects": "project",
    "customer-needs": "need",
}
# What a field of a body or a parameter of a query names.
REFERENCES = {
    "assignee_id": "member",
    "owner_id": "member",
    "contact_id": "contact",
    "company_id": "company",
    "user_id": "member",
    "expected_last_message_id": "message",
    "tag_id": "tag",
    "tag_ids": "tag",
    "tag_group_id": "group",
    "project_id": "project",
    "project_ids": "project",
    "issue_id": "issue",
    "issue_ids": "issue",
    "team_id": "team",
    "linear_team_id": "team",
    "linear_status_id": "project status",
    "status_id": "company status",
    "tier_id": "company tier",
}
# Names that others gave: they look like references, and point nowhere.
_NAMES_OF_OTHERS = {"external_id", "external_ids", "company_external_id", "channel_id"}
# What a body needs although no single field of it is required.
_NEEDED_TOO = {"customerNeeds-create": ["project_ids"]}


@dataclass(frozen=True)
class World:
    """A workspace with one of each kind of thing, and somebody in it."""

    client: httpx.AsyncClient
    make: Factory
    ids: dict[str, str]


async def populate(make: Factory, member_id: object) -> World:
    """One of each kind of thing, in the workspace of `make`."""
    client = make.client
    thread, tag, contact = await make.thread(), await make.tag(), await make.contact()
    project = await make.project()
    asked = {"project_ids": [project["id"]]}
    needs = await client.post(f"/threads/{thread['id']}/customer-needs", json=asked)
    options = (await client.get("/companies/linear-options")).json()
    things = {
        "thread": thread,
        "contact": contact,
        "company": await make.company(),
        "tag": tag,
        "empty group": await make.tag_group(),
        "project": project,
        "need": needs.json()["data"][0],
        "message": await make.message(thread["id"]),
        "company status": options["statuses"][0],
        "company tier": options["tiers"][0],
    }
    ids = {kind: str(thing["id"]) for kind, thing in things.items()} | {
        "group": tag["tag_group_id"],
        "team": project["team_id"],
        "project status": project["linear_status_id"],
        "issue": await make.issue(),
        "member": str(member_id),
        "address": contact["email"],
    }
    return World(client, make, ids)


def is_reference(name: str) -> bool:
    """Whether a field or parameter names a thing of the workspace."""
    if not re.search(r"_ids?$", name) or name in _NAMES_OF_OTHERS:
        return False
    assert name in REFERENCES, f"say in REFERENCES what {name} names"
    return True


def path_ids(operation: Operation, ids: dict[str, str]) -> dict[str, str]:
    """The parameters of its path, each naming one of `ids`."""
    kinds = re.findall(r"([\w-]+)/\{(\w+)\}", operation.path)
    return {name: ids[_IN_PATH[part]] for part, name in kinds}


def url(operation: Operation, names: dict[str, str]) -> str:
    """Its path with `names` in it."""
    return operation.path.format(**names)


def request(operation: Operation, world: World, **changes: Any) -> dict[str, Any]:
    """A valid request with nothing in it that may be left out, but for `changes`."""
    valid = {
        "method": operation.method,
        "url": url(operation, path_ids(operation, world.ids)),
        "params": {
            name: world.ids["address"]
            for name, each in operation.parameters.items()
            if each["in"] == "query" and each.get("required")
        },
    }
    if operation.body is not None and "content" not in changes:
        valid["json"] = least(operation, world.ids)
    return valid | changes


def least(operation: Operation, ids: dict[str, str]) -> dict[str, Any]:
    """The smallest body that it takes."""
    schema = operation.body or {}
    names = [*schema.get("required", []), *_NEEDED_TOO.get(str(operation), [])]
    return {name: example(name, schema["properties"][name], ids) for name in names}


def example(name: str, schema: Schema, ids: dict[str, str]) -> Any:
    """A value that a field of this name and schema takes."""
    if is_reference(name):
        return refer(name, ids)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "email":
        return f"{uuid4().hex}@mail.example"
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    examples = {"boolean": True, "integer": 1, "number": 1, "array": [], "object": {}}
    return examples.get(kind, "x")


def refer(name: str, ids: dict[str, str]) -> Any:
    """What a field holds that names one of `ids`."""
    id = ids[REFERENCES[name]]
    return [id] if name.endswith("_ids") else id


def fields_of(operation: Operation) -> dict[str, Schema]:
    """The fields of its body."""
    return dict((operation.body or {}).get("properties", {}))


def query_of(operation: Operation) -> dict[str, Schema]:
    """The parameters of its query."""
    return operation.query


WITH_BODY = [each for each in OPERATIONS if each.body is not None]
