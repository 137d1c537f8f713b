"""A valid request for each operation of the contract, for tests to spoil in one place."""

import itertools
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.contract import OPERATIONS, Operation
from tests.factory import Factory
from tests.named_things import IN_PATH, IN_PATH_OF, REFERENCES

Schema = dict[str, Any]
# Names that others gave: they look like references, and point nowhere.
_NAMES_OF_OTHERS = {"external_id", "external_ids", "company_external_id", "label_ids", "channel_id"}
# Fields whose schema does not say which value anybody may send.
_BY_NAME: dict[str, Any] = {
    "content_base64": "V29yZHM=",
    "scopes": ["admin"],
    "token": "xoxb-1234567890",
    "update": {"title": "Updated"},
    "smtp_host": "smtp.mail.example",
    "events": ["thread.*"],
    "url": "https://receiver.example/hooks",
}
# What a body needs although no single field of it is required.
NEEDED_TOO = {
    "threads-bulk": ["ids"],
    "customerNeeds-create": ["project_ids"],
    "contacts-addCompany": ["company_id"],
    "docs-createDraft": ["article_id", "title"],
    "changelogTags-create": ["color"],
    "changelogs-broadcast": ["email"],
    "files-import": ["content_base64"],
    "webhooks-replay": ["delivery_ids"],
    "deliveries-bulkRetry": ["delivery_ids"],
    "deliveries-bulkCancel": ["delivery_ids"],
}
# A form that is taken wherever one is.
FORM = {"file": ("words.txt", b"Words", "text/plain")}
_NUMBERS = itertools.count(1)


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
    project, issue = await make.project(), await make.issue()
    asked = {"project_ids": [project["id"]]}
    needs = await client.post(f"/threads/{thread['id']}/customer-needs", json=asked)
    own_tag = await make.tag(tag_group_id=tag["tag_group_id"])
    await client.post(f"/threads/{thread['id']}/tags", json={"tag_id": own_tag["id"]})
    snippet, comment = await make.snippet(), await make.comment(thread["id"])
    # Which any key with the scope may change.
    await make.db.execute("update comments set author_id = null where id = $1", comment["id"])
    options = (await client.get("/companies/linear-options")).json()
    article = await make.doc_article()
    first, own, source, merged, survivor = [await make.company() for _ in range(5)]
    for each in (first, own):  # the second one is not the primary one
        belongs = {"company_id": each["id"]}
        await client.post(f"/contacts/{contact['id']}/companies", json=belongs)
    webhook = await make.webhook()
    pinging = f"/webhooks/{webhook['id']}/ping"
    ping, canceled = [(await client.post(pinging)).json() for _ in range(2)]
    await client.post(f"/deliveries/{canceled['id']}/cancel")
    find_event = "select id from events where workspace_id = $1 and subject_id = $2"
    event = await make.db.fetchval(find_event, make.workspace_id, UUID(tag["id"]))
    await client.post(f"/companies/{survivor['id']}/merge", json={"source_id": merged["id"]})
    things = {
        "thread": thread,
        "view": await make.view(),
        "contact": contact,
        "company": await make.company(),
        "own company": own,
        "other company": source,
        "surviving company": survivor,
        "merged company": merged,
        "blocked sender": await make.blocked_sender(),
        "Slack connection": await make.slack_connection(),
        "tag": tag,
        "second tag": own_tag,
        "empty group": await make.tag_group(),
        "project": project,
        "issue": issue,
        "need": needs.json()["data"][0],
        "article group": await make.doc_group(),
        "article": article,
        "draft": await make.doc_draft(article_id=article["id"]),
        "changelog": await make.changelog(published=True),
        "changelog tag": await make.changelog_tag(),
        "second member": await make.joined_member(),
        "invite": await make.invite(),
        "second key": await make.api_key(),
        "comment": comment,
        "snippet": snippet,
        "message": await make.message(thread["id"]),
        "portal instance": await make.portal_instance(),
        "mailbox": await make.mailbox(),
        "caught mail": await make.caught_mail(),
        "bounced address": await make.bounced_address(),
        "webhook": webhook,
        "webhook delivery": ping,
        "canceled delivery": canceled,
        "company status": options["statuses"][0],
        "company tier": options["tiers"][0],
    }
    ids = {kind: str(thing["id"]) for kind, thing in things.items()} | {
        "group": tag["tag_group_id"],
        "folder": snippet["folder_id"],
        "team": project["team_id"],
        "project status": project["linear_status_id"],
        "workflow state": issue["state_id"],
        "member": str(member_id),
        "address": contact["email"],
        "webhook event": f"evt_{event.hex}",
    }
    world = World(client, make, ids)
    await write_anew(world)
    return world


async def write_anew(world: World) -> None:
    """Changes the name of the tag, which can be taken back from now on."""
    name = f"To be taken back {next(_NUMBERS)}"
    written = await world.client.patch(f"/tags/{world.ids['tag']}", json={"name": name})
    world.ids["write"] = written.headers["x-looplane-undo"]


def is_reference(name: str) -> bool:
    """Whether a field or parameter names a thing of the workspace."""
    if not re.search(r"_ids?$|^tag_(all|none)$|^company_tier$", name) or name in _NAMES_OF_OTHERS:
        return False
    assert name in REFERENCES, f"say in REFERENCES what {name} names"
    return True


def path_ids(operation: Operation, ids: dict[str, str]) -> dict[str, str]:
    """The parameters of its path, each naming one of `ids`."""
    found = re.findall(r"((?:[\w-]+/)?([\w-]+))/\{(\w+)\}", operation.path)
    of_one = {name: kind for (asked, name), kind in IN_PATH_OF.items() if asked == str(operation)}
    return {
        name: ids[of_one.get(name) or IN_PATH.get(whole) or IN_PATH[part]]
        for whole, part, name in found
    }


def url(operation: Operation, names: dict[str, str]) -> str:
    """Its path with `names` in it."""
    return operation.path.format(**names)


def request(operation: Operation, world: World, **changes: Any) -> dict[str, Any]:
    """A valid request with nothing in it that may be left out, but for `changes`."""
    valid = {
        "method": operation.method,
        "url": url(operation, path_ids(operation, world.ids)),
        "params": {
            name: refer(name, world.ids) if is_reference(name) else world.ids["address"]
            for name, each in operation.parameters.items()
            if each["in"] == "query" and each.get("required")
        },
    }
    if operation.body is not None and "content" not in changes:
        valid["json"] = least(operation, world.ids)
    if operation.takes_form and "content" not in changes:
        valid["files"] = FORM
    return valid | changes


def least(operation: Operation, ids: dict[str, str]) -> dict[str, Any]:
    """The smallest body that it takes."""
    schema = operation.body or {}
    names = [*schema.get("required", []), *NEEDED_TOO.get(str(operation), [])]
    return {name: example(operation, name, schema["properties"][name], ids) for name in names}


def example(operation: Operation, name: str, schema: Schema, ids: dict[str, str]) -> Any:
    """A value that a field of this name and schema takes."""
    if is_reference(name):
        return refer(name, ids, operation)
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name == "ids":
        return [ids["thread"]]
    if "enum" in schema:
        return schema["enum"][0]
    # A value is of a blocked sender, whose type is the first of its kinds.
    if schema.get("format") == "email" or name == "value":
        return f"{uuid4().hex}@mail.example"
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    examples = {"boolean": True, "integer": 1, "number": 1, "array": [], "object": {}}
    return examples.get(kind, "x")


def kind_of(name: str, operation: Operation | None = None) -> str:
    """What a field of a body or a parameter of a query names."""
    noun = str(operation).partition("-")[0]
    of_one = REFERENCES.get(f"{operation}.{name}") or REFERENCES.get(f"{noun}.{name}")
    return of_one or REFERENCES[name]


def refer(name: str, ids: dict[str, str], operation: Operation | None = None) -> Any:
    """What a field holds that names one of `ids`."""
    id = ids[kind_of(name, operation)]
    return [id] if name.endswith("_ids") else id


def fields_of(operation: Operation) -> dict[str, Schema]:
    """The fields of its body."""
    return dict((operation.body or {}).get("properties", {}))


def query_of(operation: Operation) -> dict[str, Schema]:
    """The parameters of its query."""
    return operation.query


WITH_BODY = [each for each in OPERATIONS if each.body is not None]
