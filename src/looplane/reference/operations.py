"""The operations of the contract, and what holds for all that are alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from looplane.reference.values import Schema, name_of

Json = Any

# Said once, at the top of the reference, and of no operation again.
RULES = {
    "any request": "validation_failed unauthenticated forbidden unsupported_key_version"
    " rate_limited",
    "an operation that needs a scope": "scope_required",
    "a path with an id": "not_found",
    "a write": "conflict",
    "a write to what its path names": "precondition_failed",
    "an operation with a body": "unsupported_media_type",
    "POST, PATCH, and a list in pages": "unprocessable",
}
_PAGED = ("limit", "cursor")
_DATED = ("created_after", "created_before", "updated_after", "updated_before")


@dataclass(frozen=True)
class Operation:
    """One operation, with what its path and the contract's components say of it."""

    method: str
    path: str
    spec: dict[str, Json]
    of_path: tuple[Json, ...]
    components: dict[str, Json]

    @property
    def group(self) -> str:
        """The group that it is in, by its tag."""
        return str(self.spec["tags"][0])

    @property
    def noun(self) -> str:
        """The noun in its id."""
        return str(self.spec["operationId"]).partition("-")[0]

    @property
    def description(self) -> str:
        """What it does; in words of the contract, which name its scope at the end."""
        return str(self.spec["description"])

    @cached_property
    def parameters(self) -> dict[str, Json]:
        """What it takes beside the body, by name, but for the ids in its path."""
        listed = [*self.of_path, *self.spec.get("parameters", [])]
        shared = self.components["parameters"]
        whole = [shared[name_of(each)] if "$ref" in each else each for each in listed]
        return {
            each["name"]: each
            for each in whole
            if each["in"] != "path" and each["schema"] != {"not": {}}
        }

    @property
    def is_paged(self) -> bool:
        """Whether it lists in pages."""
        return set(_PAGED) <= set(self.parameters)

    @property
    def is_dated(self) -> bool:
        """Whether its list takes spans of time."""
        return set(_DATED) <= set(self.parameters)

    @property
    def body(self) -> tuple[str, Schema] | None:
        """Media type and schema of what it takes as a body."""
        content = self.spec.get("requestBody", {}).get("content", {})
        return next(((kind, each["schema"]) for kind, each in content.items()), None)

    @property
    def answer(self) -> Schema | None:
        """The schema of its 200; None where that is no JSON."""
        content = self.spec["responses"]["200"]["content"]
        schema: Schema | None = content.get("application/json", {}).get("schema")
        return schema

    @property
    def errors(self) -> list[str]:
        """The codes that it can answer beyond those that `RULES` give it."""
        return [each for each in self.spec["x-error-codes"] if each not in self.usual_errors]

    @property
    def usual_errors(self) -> set[str]:
        """The codes that `RULES` give it."""
        writes, has_id = self.method != "GET", "{" in self.path
        holds = [
            True,
            not self.description.endswith("Any valid key may call it."),
            has_id,
            writes,
            writes and "id}" in self.path,
            self.body is not None,
            self.method in {"POST", "PATCH"} or self.is_paged,
        ]
        found = zip(RULES.values(), holds, strict=True)
        return {code for codes, is_so in found if is_so for code in codes.split()}


def operations_of(contract: dict[str, Json]) -> Iterator[Operation]:
    """Each operation of the API, in the order of the contract; not what the inbox has beyond it."""
    for path, item in contract["paths"].items():
        if "servers" in item:
            continue
        of_path = tuple(item.get("parameters", ()))
        for method, spec in item.items():
            if method != "parameters":
                yield Operation(method.upper(), path, spec, of_path, contract["components"])


def shared_parameters(operations: Sequence[Operation]) -> dict[str, Json]:
    """What many operations take and all in the same way, by name."""
    names = {*_PAGED, *_DATED}
    names |= {each["name"] for each in operations[0].components["parameters"].values()}
    found: dict[str, Json] = {}
    for operation in operations:
        for name, each in operation.parameters.items():
            if name in names:
                found.setdefault(name, each)
    return found
