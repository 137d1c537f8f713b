"""No statement reads a table, an index, or a workspace from end to end, however large it is.

Every operation of the contract is asked, by each of its filters and with each of its fields, in a
workspace of many rows beside a small one; the server tells the plan of each statement it runs.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from looplane.kit.database import connected as connected_to
from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.kit.embedded_pg.server import EmbeddedPostgres
from looplane.kit.migrate import migrate
from looplane.main import create_app
from looplane.tables import MIGRATIONS
from tests.conftest import SteppedClock, Workspace, connected, furnish
from tests.contract import OPERATIONS, Operation
from tests.crowd import fill
from tests.factory import Factory
from tests.field_values import changes_of, furnish_names
from tests.one_connection import OneConnection
from tests.operations import (
    World,
    fields_of,
    is_reference,
    least,
    populate,
    query_of,
    refer,
    request,
)
from tests.plans import Scan, explain_all, rolled_back, scans_of, told, watched
from tests.unlimited import UNLIMITED

# Groups of articles are not among them: they are always listed as a whole.
LARGE = {
    "api_keys",
    "broadcasts",
    "changelog_tag_links",
    "changelog_translations",
    "changelogs",
    "comment_mentions",
    "comments",
    "companies",
    "contact_companies",
    "contacts",
    "customer_needs",
    "deliveries",
    "doc_article_translations",
    "doc_articles",
    "doc_drafts",
    "issues",
    "members",
    "messages",
    "projects",
    "snippet_folders",
    "snippets",
    "tag_groups",
    "tags",
    "thread_tags",
    "threads",
}
# A team is read as a whole where it is shown or told as a whole.
TEAM = "members"
# Indexes that find by a value that few rows have, in all workspaces.
BY_VALUE = {"contacts_external_ids", "companies_external_ids", "companies_domains"}
BY_VALUE |= {"threads_external_ids", "api_keys_hash"}
BY_VALUE |= {f"{table}_name_part" for table in ("contacts", "companies", "projects", "tags")}
BY_VALUE |= {f"{table}_title_part" for table in ("issues", "changelogs", "doc_articles")}
# An index that is read as a whole because it is counted.
COUNTED = "contacts_subscribed"
BY_VALUE |= {"snippets_title_part"}
# What may stand between a page and the index that its rows come from, in their order.
IN_ORDER = {"Limit", "Subquery Scan", "WindowAgg", "Result", "Nested Loop", "LockRows", "Memoize"}
# What is equal so far may be put in order, one group after the other.
IN_ORDER |= {"Merge Append", "Incremental Sort"}
ROWS = 20_000


@pytest.fixture(scope="module")
async def crowd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[str, Workspace]]:
    """A server of its own that tells its plans, and a large workspace there beside a small one."""
    folder = tmp_path_factory.mktemp("crowd")
    server = EmbeddedPostgres(folder, find_binaries(None))
    try:
        async with connected_to(server.start()) as con:
            await migrate(con, MIGRATIONS)
            large, small = await furnish(con, "Large"), await furnish(con, "Small")
            await fill(con, large, ROWS)
            await fill(con, small, 20)
            await con.execute("analyze")
        yield explain_all(server, folder), large
    finally:
        server.stop()


@pytest.fixture(scope="module", params=[2, 500], ids=["two workspaces", "many workspaces"])
async def asked(
    request: pytest.FixtureRequest, crowd: tuple[str, Workspace], session_clock: SteppedClock
) -> AsyncIterator[tuple[Any, World]]:
    """A connection whose plans are told, and the things of the large workspace.

    The planner is told that the tables hold so many workspaces.
    """
    dsn, large = crowd
    async with rolled_back(dsn) as con:
        app = create_app(OneConnection(con), UNLIMITED, session_clock)
        async with connected(app, large.key) as client:
            world = await populate(Factory(client, con, large.id), large.member_id)
            await furnish_names(world)
            for table in LARGE:
                distinct = (
                    f"alter table {table} alter workspace_id set (n_distinct = {request.param})"
                )
                await con.execute(f"{distinct}; analyze {table}")
            yield con, world
        await app.aclose()


def _queries(operation: Operation, world: World) -> list[dict[str, Any]]:
    """No filter, each one of them, and some two at once."""
    known = {"expand": "messages,comments"}
    known |= {"email": world.ids["address"], "external_id": "p50", "domain": "50.example.com"}
    known |= {"title_contains": "a", "language": "de", "published": "true", "archived": "false"}
    known |= {"visibility": "public"}
    known |= {"state": "backlog", "status": "open", "pain_level": "LOW", "origin": "api"}
    known |= {"direction": "inbound", "order": "desc", "q": "x"}
    known |= {"unassigned": "true", "waiting_longer_than": "3600"}
    known |= {"company_revenue_min": "5", "company_revenue_max": "10"}
    known |= {f"{name}_gte": "5" for name in ("size", "revenue")}
    known |= {f"{name}_lte": "5" for name in ("size", "revenue")}
    moments = ("2000-01-01T00:00:00Z", datetime.now(UTC).strftime("%Y-%m-%dT00:00:00Z"))
    queries: list[dict[str, Any]] = [{}]
    for name, schema in query_of(operation).items():
        if is_reference(name):
            queries.append({name: refer(name, world.ids, operation)})
        elif name in {"type", "kind"} or (
            name == "status" and "open" not in schema.get("enum", ["open"])
        ):
            queries.append({name: schema["enum"][0]})
        elif name in known:
            choices = schema.get("enum", [known[name]])
            queries.append({name: known[name] if known[name] in choices else choices[0]})
        elif name.endswith("_contains"):
            queries += [{name: part} for part in ("a", "thing that no name has")]
        elif name in {"tab", "sort"}:
            queries += [{name: each} for each in schema["enum"]]
        elif name.endswith(("_after", "_before")):
            queries += [{name: moment} for moment in moments]
    if "updated_after" in query_of(operation):
        queries += [{"updated_after": moments[1], **each} for each in queries[1:3]]
    return queries


def _is_narrow(scan: Scan) -> bool:
    steps = [each["Node Type"] for each in scan.above]
    if scan.index in BY_VALUE:
        return bool(scan.condition)
    if scan.table == TEAM and "Limit" not in steps:
        return True
    if scan.index == COUNTED:
        return "Aggregate" in steps
    if "workspace_id = " not in scan.condition:
        return False
    # What is counted no further than a limit is not much either.
    if " AND " in scan.condition or steps[-2:] == ["Aggregate", "Limit"]:
        return True
    # In its order from the front on: a page that is not the first begins further down.
    is_first = ") < ($" not in scan.statement and not str(scan.index).endswith("_changed")
    return is_first and "Limit" in steps and {*_below_limit(steps)} <= IN_ORDER


def _below_limit(steps: list[str]) -> list[str]:
    """What stands between the scan and the limit that is next to it."""
    return steps[len(steps) - 1 - steps[::-1].index("Limit") :]


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_every_operation_reads_what_it_needs(
    asked: tuple[Any, World], operation: Operation
) -> None:
    con, world = asked
    for sent in _requests(operation, world):
        savepoint = con.transaction()
        await savepoint.start()
        with watched(con) as said:
            answer = await world.client.request(**sent)
            assert answer.is_success, (sent, answer.text)
            is_json = answer.headers["content-type"] == "application/json"
            cursor = answer.json().get("page", {}).get("cursor") if is_json else None
            if cursor is not None:
                next_page = {**sent["params"], "cursor": cursor}
                await world.client.request(**{**sent, "params": next_page})
            await told(con)
        await savepoint.rollback()
        assert said
        if "notify" in sent.get("json", {}):
            assert "planned" in answer.headers["x-looplane-notify"]
        broad = [
            str(each) for each in scans_of(said) if each.table in LARGE and not _is_narrow(each)
        ]
        assert broad == [], sent


def _requests(operation: Operation, world: World) -> list[dict[str, Any]]:
    asked = request(operation, world)
    if operation.method == "GET":
        return [
            {**asked, "params": {**asked["params"], **query}}
            for query in _queries(operation, world)
        ]
    if operation.method == "PATCH":
        bodies = [body for body, _ in changes_of(operation, world)]
        if "notify" in fields_of(operation):
            # To tell the team is another statement than to tell nobody.
            bodies.append({"status": "done", "notify": {"slack": True, "email": True}})
        return [{**asked, "json": body} for body in [*bodies, least(operation, world.ids)]]
    if operation.body is None:
        return [asked]
    links = {
        name: refer(name, world.ids, operation)
        for name in fields_of(operation)
        if is_reference(name)
    }
    fields = filter(is_reference, fields_of(operation))
    links = {name: refer(name, world.ids, operation) for name in fields}
    body = {**least(operation, world.ids), **links}
    return [asked, {**asked, "json": body}]
