"""The contract, tried by a program that knows nothing but the contract."""

import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.python.asgi import shutdown_lifespans
from starlette.types import ASGIApp, Receive, Scope, Send

from looplane.kit.database import open_database
from looplane.main import Application, create_app
from tests.conftest import inhabited
from tests.contract import CONTRACT, OPERATIONS, Operation
from tests.operations import NEEDED_TOO, World, is_reference, least, path_ids, refer
from tests.unlimited import UNLIMITED

Case = schemathesis.Case[Any]
EXAMPLES = os.environ.get("LOOPLANE_FUZZ_EXAMPLES")
# Checks of no 500, the answer as it is declared, what is valid is accepted, what is not is refused,
# other methods are 405; that nobody gets in without a key has a test of each operation already.
CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {"ignored_auth": {"enabled": EXAMPLES is not None}},
        "request-timeout": 60,  # ours are shorter; a slow disk is no fault of the contract
        "generation": {
            "max-examples": int(EXAMPLES or 1),
            "deterministic": EXAMPLES is None,
            "database": "none",
            # A JSON text can hold NUL, and no schema can say that ours do not.
            "allow-x00": False,
            # Every case gets the key; that none gets in without one is a check of its own.
            "with-security-parameters": False,
        },
    }
)


class Hosted:
    """The application on a pool of its own, in the loop in which the program calls it."""

    dsn: str
    app: Application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        await receive()
        database = await open_database(self.dsn, 2)
        self.app = create_app(database, UNLIMITED)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.app.aclose()
        await database.pool.close()
        await send({"type": "lifespan.shutdown.complete"})


OPERATION_AT = {(each.method, each.path): each for each in OPERATIONS}
HOSTED = Hosted()
# What is chosen by ids or by a filter, or by a name that must be there.
OF_MANY = {"threads-bulk", "deliveries-bulkRetry", "deliveries-bulkCancel"}
OF_MANY |= {"deliveries-pauseQueue", "deliveries-resumeQueue"}
# What cannot be done a second time.
ONCE = {"companies-merge", "companies-unmerge", "blockedSenders-create"}
SCHEMA = schemathesis.openapi.from_dict(CONTRACT, config=CONFIG)
SCHEMA.app = HOSTED


@pytest.fixture(scope="module")
async def world(app: ASGIApp, pool: asyncpg.Pool, dsn: str) -> AsyncIterator[World]:
    HOSTED.dsn = dsn
    async with inhabited(app, pool, "Fuzzed") as world:
        yield world
    shutdown_lifespans()


@SCHEMA.parametrize()
def test_what_the_contract_promises(case: Case, world: World) -> None:
    operation = OPERATION_AT.get((case.method, case.path))
    if operation is not None and case.meta is not None:
        where = case.meta.components.get(ParameterLocation.PATH)
        if where and where.mode.is_positive and operation.method != "DELETE":
            case.path_parameters = path_ids(operation, world.ids)
        if case.meta.generation.mode.is_positive:
            make_sensible(case, operation, world.ids)
    key = world.client.headers["authorization"]
    case.call_and_validate(headers={"Authorization": key})


def make_sensible(case: Case, operation: Operation, ids: dict[str, str]) -> None:
    """Gives a case that is right in form a sense, too; what is then refused was promised."""
    # A cursor is opaque, and no schema says which events there are; versions and repetitions have
    # tests of their own.
    for name in ("cursor", "after", "types"):
        case.query.pop(name, None)
    # Some filters contradict each other.
    for name in ("unassigned", "tag_none", "company_revenue_min"):
        case.query.pop(name, None)
    if "view" in case.query:
        case.query["view"] = ids["view"]
    for name in ("If-Match", "If-None-Match", "Idempotency-Key", "Last-Event-ID"):
        case.headers.pop(name, None)
    # What is waited for does not come.
    case.query.pop("wait", None)
    if str(operation) in ONCE:
        case.query["dry_run"] = "true"
    if isinstance(case.body, dict):
        case.body = sensible(operation, case.body, ids)


def of_kind(body: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    """A draft of an article with what its kind needs, and with nothing that it has no place for."""
    about = {"edit": ("article_id", "title"), "create": ("title", "content")}
    needed = about.get(body["kind"], ("article_id",))
    known = {"article_id": ids["article"], "title": "x", "content": "x"}
    kept = {name: body[name] for name in body if name not in {*known, "group_id"}}
    return {**kept, **{name: body.get(name) or known[name] for name in needed}}


def sensible(operation: Operation, body: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    """`body` with references to what is there, and with the rules kept that no schema can say."""
    body = {
        name: refer(name, ids, operation) if is_reference(name) and value is not None else value
        for name, value in body.items()
        # Moments have an order, and of three ways to name a company only one may be used.
        if name not in {"snoozed_until", "expires_at", "created_at", "updated_at", "closed_loop"}
        and name not in {"company_name", "company_external_id", "linear_status_id"}
        # Of what was said last; and of another channel than mail.
        and name not in {"expected_last_message_id", "channel_id"}
        # Of a span that is sent in parts, which are opaque.
        and name not in {"cursor", "created_before"}
    }
    if "events" in body:
        body["events"] = ["thread.*"]
    # A whole number is written as one.
    body |= {k: int(v) for k, v in body.items() if isinstance(v, float) and v.is_integer()}
    if "allowed_ips" in body:
        body["allowed_ips"] = ["2001:db8::/32"]
    # HTML of which something is left, a web address, sources of some shape.
    body |= {
        name: f"x{body[name]}"
        for name in ("text", "ai_draft_html", "content", "html")
        if body.get(name)
    }
    body |= {name: "https://a.example" for name in body if name.endswith("_url")}
    if "attachments" in body:
        files = [{**each, "url": "https://a.example"} for each in body["attachments"]]
        body |= {"attachments": files}
    if "filters" in body:
        # What they name is there, and some of them contradict each other.
        kept = ("status", "pain_level", "origin", "unassigned")
        body["filters"] = {name: body["filters"].get(name) for name in kept}
    if "ai_draft_sources" in body:
        sources: dict[str, Any] = {"ai_draft_sources": []} if body.get("ai_draft_html") else {}
        body = {name: body[name] for name in body if name != "ai_draft_sources"} | sources
    body |= {"status": "done"} if body.get("status") == "snoozed" else {}
    # Past this the program's own arithmetic is in floats.
    body |= {name: min(body[name], 2**53) for name in ("size", "revenue") if body.get(name)}
    if "smtp_host" in body or "password" in body:
        # A password goes with its user, an address has one mailbox, and there is always a default.
        of_mailbox = {"username": "support", "address": f"{uuid4().hex}@firm.example"}
        body = {**body, **of_mailbox, "is_default": True}
    elif body.get("is_default") is False:
        body["is_default"] = True
    if str(operation) == "files-import":
        # One of two, and of a type that is taken.
        return {"content_base64": "V29yZHM="}
    if str(operation) == "docs-createDraft":
        body = of_kind(body, ids)
    body |= {"value": "sender@spam.example", "type": "EMAIL"} if "value" in body else {}
    body |= {"slack": False} if str(operation) == "changelogs-broadcast" else {}  # not set up
    if str(operation) in OF_MANY:
        return least(operation, ids)
    needed = least(operation, ids) if str(operation) in NEEDED_TOO else {}
    return body if str(operation) == "docs-createDraft" else body | needed
