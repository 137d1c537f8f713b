"""The objects of the contract, and on which page each is described."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from looplane.reference.operations import Operation
from looplane.reference.values import Schema, name_of

Json = Any

SHARED = "README"
# Where a list ends; what ends otherwise is described as an object of its own.
_PAGE_INFO = "PageInfo"


@dataclass(frozen=True)
class Objects:
    """The named schemas of the contract, and the page of each that gets a table of its own.

    `answered` are those that an answer has; the others only come in bodies.
    """

    schemas: dict[str, Schema]
    pages: dict[str, str]
    answered: set[str]

    def on(self, page: str) -> list[str]:
        """The names of those that a page describes."""
        return sorted(name for name, at in self.pages.items() if at == page)


def objects_of(contract: dict[str, Json], operations: Sequence[Operation]) -> Objects:
    """The objects that operations answer, or take inside of a body, each on one page.

    It is the page of the one group that has it, or of the one that gives most of the answers that
    are about it; the others are described beside what all share.
    """
    schemas = contract["components"]["schemas"]
    groups: dict[str, set[str]] = {}
    answers: dict[str, Counter[str]] = {}
    answered: set[str] = set()
    for each in operations:
        shown = set(_within(each.answer or {}, schemas, set()))
        answered |= shown
        for name in {*shown, *_within(_fields(each, schemas), schemas, set())}:
            groups.setdefault(name, set()).add(each.group)
        if each.answer is not None:
            subject = data_of_page(name_of(each.answer), schemas) or each.answer
            answers.setdefault(name_of(subject), Counter())[each.group] += 1
    pages = {name: _page(groups[name], answers.get(name, Counter())) for name in groups}
    return Objects(schemas, pages, answered)


def data_of_page(name: str, schemas: dict[str, Schema]) -> Schema | None:
    """The schema of what a page has, if the object is a page and nothing more."""
    properties = schemas[name].get("properties", {})
    is_page = set(properties) == {"data", "page"} and name_of(properties["page"]) == _PAGE_INFO
    return properties["data"]["items"] if is_page else None


def _page(groups: set[str], answers: Counter[str]) -> str:
    if len(groups) == 1:
        return next(iter(groups))
    group, count = next(iter(answers.most_common(1)), (SHARED, 0))
    return group if count > answers.total() / 2 else SHARED


def _fields(operation: Operation, schemas: dict[str, Schema]) -> Schema:
    """The body of an operation, whose own fields stand with it."""
    if operation.body is None:
        return {}
    _, body = operation.body
    return schemas[name_of(body)] if "$ref" in body else body


def _within(node: Json, schemas: dict[str, Schema], seen: set[str]) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _within(each, schemas, seen)
    elif isinstance(node, dict) and isinstance(node.get("$ref"), str):
        name = name_of(node)
        if name not in seen:
            seen.add(name)
            if data_of_page(name, schemas) is None:
                yield name
            yield from _within(schemas[name], schemas, seen)
    elif isinstance(node, dict):
        for each in node.values():
            yield from _within(each, schemas, seen)
