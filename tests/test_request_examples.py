"""What the contract offers to be sent works unchanged, in the demo."""

from typing import Any

import httpx
import pytest
from jsonschema_rs import Draft202012Validator
from starlette.types import ASGIApp

from tests.conftest import SteppedClock, connected
from tests.contract import OPERATIONS, Operation, resolved
from tests.factory import Factory
from tests.operations import path_ids
from tests.test_demo_over_api import seeded

READS = [each for each in OPERATIONS if each.method == "GET" and "{" in each.path]
WRITES = [each for each in OPERATIONS if each.body is not None]
# What a demo has none of, so that whoever tries the operation names one of their own.
_MADE = {"mailboxes", "webhooks", "keys", "slack", "deliveries", "caught-mail", "undo"}
_MADE |= {"bounced-addresses"}


def _example(operation: Operation) -> Any:
    return operation.spec["requestBody"]["content"]["application/json"]["example"]


def _path_examples(operation: Operation) -> dict[str, str]:
    return {
        each["name"]: each["example"]
        for each in operation.spec.get("parameters", [])
        if each.get("in") == "path" and "example" in each
    }


async def _made(make: Factory) -> dict[str, str]:
    """The ids of what the demo has none of, by what tests call it."""
    webhook = await make.webhook()
    ping = (await make.client.post(f"/webhooks/{webhook['id']}/ping")).json()
    await make.client.post(f"/deliveries/{ping['id']}/cancel")
    made = {
        "second key": await make.api_key(),
        "Slack connection": await make.slack_connection(),
        "mailbox": await make.mailbox(),
        "webhook": webhook,
        "canceled delivery": ping,
        "webhook delivery": ping,
    }
    return {kind: each["id"] for kind, each in made.items()}


@pytest.mark.parametrize("operation", WRITES, ids=str)
def test_there_is_an_example_that_fits_its_schema(operation: Operation) -> None:
    schema = {**resolved(operation.body), "$schema": "https://json-schema.org/draft/2020-12/schema"}
    assert Draft202012Validator(schema).is_valid(_example(operation))


@pytest.mark.parametrize("operation", [*READS, *WRITES], ids=str)
def test_there_are_ids_for_the_path_of_all_that_the_demo_has(operation: Operation) -> None:
    named = operation.path.count("{")
    assert len(_path_examples(operation)) == named or operation.path.split("/")[1] in _MADE


async def test_every_example_works_when_sent_unchanged(
    app: ASGIApp, db: Any, clock: SteppedClock
) -> None:
    demo = await seeded(db, clock)
    refused = {}
    async with connected(app, demo.key) as client:
        made = await _made(Factory(client, db, demo.id))
        for each in [*READS, *WRITES]:
            if each in READS and not _path_examples(each):
                continue
            given = _path_examples(each)
            names = given if len(given) == each.path.count("{") else path_ids(each, made)
            body = {"json": _example(each)} if each in WRITES else {}
            answer = await client.request(each.method, each.path.format(**names), **body)
            if answer.status_code != httpx.codes.OK:
                refused[str(each)] = answer.text
    assert refused == {}
