"""Gates on the contract: what was given, what is valid, what is printed, what is served."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from openapi_spec_validator import validate
from starlette.types import ASGIApp

from looplane.contract import contract_text
from looplane.kit.auth import SCOPES
from tests.contract import CONTRACT, FILE, OPERATIONS, Operation, resolved

GIVEN = yaml.safe_load((Path(__file__).parent / "given" / "threads-update.openapi.yaml").read_text())
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


def _plain(node: Any) -> Any:
    """A resolved part of a document, said in one way of the several that mean the same.

    Descriptions are each document's own. Null is a type, whether it was said by `nullable`, by a
    list of types or by `anyOf`. What is a set is sorted.
    """
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _plain(value) for key, value in node.items() if key != "description"}
    if any(each == {"type": {"null"}} for each in plain.get("anyOf", [])):
        (other,) = (each for each in plain.pop("anyOf") if each != {"type": {"null"}})
        plain = {**other, **plain, "nullable": True}
    if "type" in plain and not isinstance(plain["type"], dict | set):
        types = plain["type"] if isinstance(plain["type"], list) else [plain["type"]]
        plain["type"] = set(types)
    if plain.pop("nullable", False) is True:
        plain["type"] |= {"null"}
    if "required" in plain and isinstance(plain["required"], list):
        plain["required"] = set(plain["required"])
    return plain


@pytest.mark.parametrize(
    "pointer",
    ["paths//threads/{id}/patch", "components/responses/error", "components/securitySchemes"],
)
def test_what_was_given_is_ours_key_for_key(pointer: str) -> None:
    given, ours = GIVEN, CONTRACT
    first, *rest = pointer.replace("//", "/~").split("/")
    for step in (first, *[each.replace("~", "/") for each in rest]):
        given, ours = given[step], ours[step]
    assert _plain(resolved(ours)) == _plain(resolved(given, GIVEN))
