"""The statements that are made from a declaration, as plain text: a change to all nouns is seen."""

import re
from pathlib import Path
from typing import Any

import pytest

from looplane.kit.conditions import Conditions
from looplane.nouns import EVENT_TYPES, RESOURCES
from looplane.resources import Resource
from looplane.tags.sql import TAG
from tests.contract import PAYLOADS, UNSHOWN

TEXT = Path(__file__).parent / "data" / "tag_statements.sql"
VERBS = ("get", "lock", "insert_row", "insert", "record", "update", "delete", "hold_references")


def statements(resource: Resource) -> dict[str, str]:
    made: dict[str, str] = {verb: getattr(resource, verb) for verb in VERBS}
    # A list that shows what is gone says so itself.
    complete = resource.deletion != "deleted_at"
    conditions: Any = Conditions(resource.alias, None, complete=complete)  # type: ignore[arg-type]
    made["find"] = resource.find()
    if resource.deletion is not None:  # what is removed for good is listed whole, without pages
        made["listing"] = resource.listing.statement(conditions, "$2")
    return made


def printed() -> str:
    made = sorted(statements(TAG).items())
    return "".join(f"-- {verb}\n{text.strip()};\n\n" for verb, text in made)


def test_those_of_tags_read_as_they_did() -> None:
    assert printed() == TEXT.read_text(), "if it is meant: python -m tests.test_statements"


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.noun)
async def test_each_is_prepared_and_knows_its_workspace(resource: Resource, db: Any) -> None:
    for verb, text in statements(resource).items():
        if verb == "hold_references" and not resource.references:
            continue
        await db.execute(f"prepare made as {text}")
        await db.execute("deallocate made")
        if verb == "insert_row":
            assert "select $1, $2" in text
        else:
            assert re.search(r"workspace_id = \$1|select \$1, \$2", text), verb


def test_a_noun_declares_its_events() -> None:
    assert len(set(EVENT_TYPES)) == len(EVENT_TYPES)
    assert {each.partition(".")[0] for each in EVENT_TYPES} == {
        each.partition(".")[0] for each in (*PAYLOADS, *UNSHOWN)
    }
    with pytest.raises(AssertionError, match="declares no event"):
        TAG.event_type("tagged")


if __name__ == "__main__":
    TEXT.write_text(printed())
