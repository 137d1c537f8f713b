"""The contract as the tests' oracle: every reply is held against it."""

import json
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from jsonschema_rs import Draft202012Validator

from looplane.kit.errors import all_errors
from looplane.kit.request import MAX_BODY
from tests.contract_formats import FORMATS, check_formats
from tests.contract_headers import check_headers
from tests.contract_messages import check_messages

FILE = Path(__file__).parent.parent / "contract" / "openapi.json"
CONTRACT = json.loads(FILE.read_text())
ROOT, APP_ROOT = "/api/v2", "/api/app"
CODES = {each.code: each.status for each in all_errors()}
# What each event carries, by what its type starts with.
PAYLOADS = {
    "thread": "ThreadOut",
    "view": "ViewOut",
    "contact": "ContactOut",
    "blocked_sender": "BlockedSenderOut",
    "company": "CompanyOut",
    "project": "ProjectOut",
    "issue": "IssueOut",
    "tag": "TagOut",
    "tag_group": "TagGroupOut",
    "customer_need": "CustomerNeedOut",
    "doc": "DocArticleOut",
    "doc_group": "DocGroupOut",
    "doc_draft": "DocDraftOut",
    "changelog": "ChangelogOut",
    "changelog_tag": "ChangelogTagOut",
    "membership": "MemberOut",
    "membership.invited": "InviteOut",
    "invite": "InviteOut",
    "key": "KeyOut",
    "comment": "CommentOut",
    "snippet": "SnippetOut",
    "snippet_folder": "SnippetFolderOut",
    "file": "FileOut",
    "mailbox": "MailboxOut",
    "bounced_address": "BouncedAddressOut",
    "caught_mail": "CaughtMailOut",
    "message": "MessageOut",
    "portal_instance": "PortalInstanceOut",
    "slack_connection": "SlackConnectionOut",
    "webhook": "WebhookOut",
}
# What no operation shows: the event says all that is told of it.
UNSHOWN = {"delivery.dead", "delivery.bounced", "delivery.retried", "delivery.canceled"}
UNSHOWN |= {"delivery.queue_paused", "delivery.queue_resumed"}
# What only events tell: the companies of a contact, and what became of a merge.
TOLD = {
    "contact": {"company_ids"},
    "company": {"merged_into_id", "merged_company_id", "unmerged_company_id"}
    | {"moved_thread_count", "moved_contact_count"},
    "webhook": {"replayed"},
}
# … and that something is there again that was deleted.
TOLD_OF_ALL = {"deleted"}
# The operations that said in this run how what they did is taken back.
UNDOABLE: set[str] = set()
# (operation, code) of all replies of this run.
SEEN: set[tuple[str, str]] = set()
# What any request can be answered with, and few are made to in a test.
ANYWHERE = set(CONTRACT["components"]["responses"]["error"]["x-error-codes"])


def resolved(node: Any, document: Any = CONTRACT) -> Any:
    """`node` with every $ref of its document replaced by what it points to."""
    if isinstance(node, list):
        return [resolved(each, document) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(pointer := node.get("$ref"), str):
        target = document
        for step in pointer.removeprefix("#/").split("/"):
            target = target[step]
        return resolved(target, document)
    return {key: resolved(value, document) for key, value in node.items()}


@dataclass(frozen=True)
class Operation:
    """One operation of the contract."""

    method: str
    path: str
    spec: dict[str, Any] = field(compare=False)
    root: str = ROOT

    def __str__(self) -> str:
        return str(self.spec["operationId"])

    @cached_property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """Its parameters and those of its path, by name, without those that it refuses."""
        of_path = CONTRACT["paths"][self.path].get("parameters", [])
        found = resolved([*of_path, *self.spec.get("parameters", [])])
        by_name = {each["name"]: each for each in found}
        return {name: each for name, each in by_name.items() if each["schema"] != {"not": {}}}

    @property
    def scopes(self) -> list[str]:
        """The scopes that it says it needs."""
        needed = re.search(r"Requires the scope (.+)\.$", self.spec["description"])
        return re.findall(r"`([a-z:]+)`", needed[1]) if needed else []

    @property
    def any_scopes(self) -> list[str]:
        """The scopes of which it says that it needs one, where it needs no certain one."""
        one_of = r"Requires one of the scopes ([^.]+)\.$"
        needed = re.search(one_of, self.spec["description"], re.DOTALL)
        return re.findall(r"`([a-z:]+)`", needed[1]) if needed else []

    @cached_property
    def body(self) -> dict[str, Any] | None:
        """The schema of its JSON body, references resolved; None where it takes another one."""
        sent = self.spec.get("requestBody", {}).get("content", {}).get("application/json")
        return None if sent is None else dict(resolved(sent["schema"]))

    @property
    def takes_form(self) -> bool:
        """Whether its body is a form with a file."""
        return "multipart/form-data" in self.spec.get("requestBody", {}).get("content", {})

    @property
    def most_bytes(self) -> int:
        """How large its body may be."""
        said = self.spec.get("requestBody", {}).get("description", "")
        found = re.fullmatch(r"At most ([\d,]+) bytes\.", said)
        return int(found[1].replace(",", "")) if found else MAX_BODY

    @property
    def is_json(self) -> bool:
        """Whether its 200 is JSON."""
        return "application/json" in self.spec["responses"]["200"]["content"]

    @property
    def answer(self) -> str:
        """The pointer to the schema of its 200."""
        return str(self.spec["responses"]["200"]["content"]["application/json"]["schema"]["$ref"])

    @property
    def codes(self) -> set[str]:
        """The error codes that it says it can answer."""
        return set(self.spec["x-error-codes"])

    @cached_property
    def query(self) -> dict[str, dict[str, Any]]:
        """The schemas of its query parameters."""
        found = self.parameters.items()
        return {name: each["schema"] for name, each in found if each["in"] == "query"}


_EVERY = [
    Operation(method.upper(), path, spec, APP_ROOT if "servers" in item else ROOT)
    for path, item in CONTRACT["paths"].items()
    for method, spec in item.items()
    if method not in {"parameters", "servers"}
]
OPERATIONS = [each for each in _EVERY if each.root == ROOT]
# What the inbox has beyond the API: these take a session and no key.
APP_OPERATIONS = [each for each in _EVERY if each.root == APP_ROOT]


def operation_of(method: str, path: str) -> Operation | None:
    """The operation that a request is for; HEAD is answered as GET."""
    wanted = "GET" if method == "HEAD" else method
    for pattern, operation in _patterns():
        if operation.method == wanted and pattern.fullmatch(path):
            return operation
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], Operation]]:
    found = [
        (re.compile(each.root + re.sub(r"\{\w+\}", "[^/]+", each.path)), each) for each in _EVERY
    ]
    return sorted(found, key=lambda each: each[1].path.count("{"))  # static paths before patterns


@cache
def validator(reference: str) -> Draft202012Validator:
    """A validator for a part of the contract, by its JSON pointer."""
    schema = {"$ref": reference, "components": CONTRACT["components"]}
    return Draft202012Validator(schema, validate_formats=True, formats=FORMATS)


@cache
def _validator_of(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema), validate_formats=True)


def fits(schema: dict[str, Any], value: object) -> bool:
    """Whether a schema of the contract, references resolved, takes a value."""
    return _validator_of(json.dumps(schema)).is_valid(value)


async def check(response: httpx.Response) -> None:
    """Fails unless `response` is what the contract says of its operation."""
    await response.aread()
    request = response.request
    if not request.url.path.startswith((ROOT, APP_ROOT)) or request.url.path.endswith(
        "openapi.json"
    ):
        assert re.fullmatch(r"req_[0-9a-f]{16}", response.headers["x-request-id"])
        return
    operation = operation_of(request.method, request.url.path)
    check_headers(response, operation)
    if request.method == "HEAD" or not response.content:
        assert not response.content
        assert (
            request.method in {"HEAD", "OPTIONS"}
            or response.status_code == httpx.codes.NOT_MODIFIED
        )
    elif response.status_code == httpx.codes.OK:
        assert operation is not None, request.url
        if "x-looplane-undo" in response.headers:
            UNDOABLE.add(str(operation))
        if operation.is_json:
            body = json.loads(response.content)
            validator(operation.answer).validate(body)
            check_formats(body)
    else:
        _check_error(response, operation)


def _check_error(response: httpx.Response, operation: Operation | None) -> None:
    body = json.loads(response.content)
    validator("#/components/responses/error/content/application~1json/schema").validate(body)
    code = body["code"]
    assert CODES[code] == response.status_code, body
    assert code != "internal_error", body
    check_messages(body)
    if operation is None:
        assert code in ANYWHERE | {"not_found"}, body
    else:
        SEEN.add((str(operation), code))
        assert code in operation.codes | ANYWHERE, (str(operation), body)


def check_words(kind: str, changed: dict[str, Any] | None) -> None:
    """Fails unless what an event says that changed is called as the API calls it."""
    noun = kind.split(".", maxsplit=1)[0]
    known = _words(_payload(kind)) | TOLD.get(noun, set()) | TOLD_OF_ALL
    assert set(changed or ()) <= known, (kind, changed)


def _payload(kind: str) -> str:
    """What an event of this type carries."""
    return PAYLOADS.get(kind) or PAYLOADS[kind.split(".", maxsplit=1)[0]]


@cache
def _words(payload: str) -> set[str]:
    """The fields of a resource, and those of the bodies that change it."""
    reference = f"#/components/schemas/{payload}"
    bodies = [each.body or {} for each in OPERATIONS if f"'{reference}'" in str(each.spec)]
    parts = [resolved({"$ref": reference}), *bodies]
    return {name for part in parts for name in part.get("properties", ())}


def check_event(kind: str, data: object) -> None:
    """Fails unless an event's payload is the resource as the contract has it."""
    validator(f"#/components/schemas/{_payload(kind)}").validate(data)
    check_formats(data)


async def check_events(db: Any, workspace_id: UUID) -> None:
    """Fails unless all events of a workspace are as the contract has them."""
    for kind, data, *sides in await db.fetch(
        "select type, data::text, before, after from events"
        " where workspace_id = $1 and type <> all ($2)",
        workspace_id,
        UNSHOWN,
    ):
        for changed in sides:
            check_words(kind, changed)
        if data is not None:
            check_event(kind, json.loads(data))
