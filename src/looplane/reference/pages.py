"""The pages of the reference: one for what holds everywhere, one for each group of operations."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from looplane.kit.errors import all_errors
from looplane.reference.markdown import anchor, code, prose, table
from looplane.reference.operations import RULES, Operation, operations_of, shared_parameters
from looplane.reference.schemas import SHARED, Objects, data_of_page, objects_of
from looplane.reference.values import Schema, meaning_of, name_of, type_of

Json = Any

# What each group is, with an example, and what holds for all.
WORDS = Path(__file__).parent / "groups"
_NOTE = "<!-- Printed by `make contract`: do not edit. -->\n\n"
_METHODS = ("GET", "POST", "PATCH", "DELETE")


def pages_of(contract: dict[str, Json], words: Path = WORDS) -> dict[str, str]:
    """The text of each page, by its file name. Raises FileNotFoundError where words are missing."""
    operations = list(operations_of(contract))
    objects = objects_of(contract, operations)
    shared = shared_parameters(operations)
    pages, groups = {}, []
    for group in dict.fromkeys(each.group for each in operations):
        of_group = _sorted([each for each in operations if each.group == group])
        text = (words / f"{group}.md").read_text(encoding="utf-8")
        pages[f"{group}.md"] = _Page(group, objects, shared).of_group(text, of_group)
        title, about = _summary(text)
        groups.append((f"[{title}]({group}.md)", str(len(of_group)), about))
    anywhere = contract["components"]["responses"]["error"]["x-error-codes"]
    index, text = (
        _Page(SHARED, objects, shared),
        (words / f"{SHARED}.md").read_text(encoding="utf-8"),
    )
    return {f"{SHARED}.md": index.of_all(text, groups, anywhere), **pages}


def _summary(text: str) -> tuple[str, str]:
    """The title of a group's words, and their first sentence."""
    title, about, *_ = text.removeprefix("# ").split("\n\n")
    return title, f"{about.partition('. ')[0].rstrip('.')}."


def _sorted(operations: Sequence[Operation]) -> list[Operation]:
    """By path, those of the group's first noun before the others that stand with it."""
    noun = min(operations, key=lambda each: len(each.path)).noun
    return sorted(
        operations, key=lambda each: (each.noun != noun, each.path, _METHODS.index(each.method))
    )


@dataclass(frozen=True)
class _Page:
    name: str
    objects: Objects
    shared: dict[str, Json]

    def of_group(self, words: str, operations: Sequence[Operation]) -> str:
        """Words, a table of the operations, each operation, and the objects."""
        rows = [
            (
                f"`{each.method} {each.path}`",
                f"[{each.spec['summary']}]({anchor(each.spec['summary'])})",
                _scopes(each),
            )
            for each in operations
        ]
        parts = [
            words.rstrip() + "\n",
            table(("operation", "what it does", "scope"), rows),
            *(self._operation(each) for each in operations),
            *self._objects(),
        ]
        return _NOTE + "\n".join(parts)

    def of_all(self, words: str, groups: Sequence[Sequence[str]], anywhere: Sequence[str]) -> str:
        """What holds everywhere: words, groups, parameters, errors, shared objects."""
        parameters = [self._row(name, each) for name, each in sorted(self.shared.items())]
        return _NOTE + "\n".join(
            [
                words.rstrip() + "\n",
                "## Groups\n",
                table(("group", "operations", "about"), groups),
                "## Parameters that many take\n",
                table(("parameter", "type", "meaning"), parameters),
                "## Errors\n",
                table(("code", "status", "answered to"), _errors(anywhere)),
                *self._objects(),
            ]
        )

    def _operation(self, operation: Operation) -> str:
        own = [
            self._row(name, each)
            for name, each in operation.parameters.items()
            if self.shared.get(name) != each
        ]
        parts = [
            f"## {operation.spec['summary']}\n",
            f"`{operation.method} {operation.path}`\n",
            prose(_without_scope(operation)) + "\n",
            _lists(operation),
            table(("parameter", "type", "meaning"), own),
            *self._body(operation),
            self._answer(operation),
        ]
        return "\n".join(each for each in parts if each)

    def _body(self, operation: Operation) -> Iterator[str]:
        if operation.body is None:
            return
        kind, schema = operation.body
        whole = self.objects.schemas[name_of(schema)] if "$ref" in schema else schema
        media = "" if kind == "application/json" else f", as {code(kind)}"
        said = operation.spec["requestBody"].get("description", "")
        words = [each for each in (said, whole.get("description", "")) if each]
        yield f"Body{media}{'. ' if words else ':'}{prose(' '.join(words))}\n"
        yield self._fields(whole, is_sent=True)

    def _answer(self, operation: Operation) -> str:
        beyond = " or ".join(f"`{each}`" for each in operation.errors)
        errors = f" It can also be {beyond}." if beyond else ""
        schema = operation.answer
        if schema is None:
            return f"Answer: no JSON.{errors}\n"
        of_page = data_of_page(name_of(schema), self.objects.schemas)
        if of_page is None:
            return f"Answer: {type_of(schema, self._link)}.{errors}\n"
        whole = "a page" if operation.is_paged else "the only page"
        return f"Answer: {whole} of {type_of(of_page, self._link)}.{errors}\n"

    def _objects(self) -> Iterator[str]:
        names = self.objects.on(self.name)
        if names:
            yield "## Objects\n"
        for name in names:
            schema = self.objects.schemas[name]
            words = [prose(schema["description"]) + "\n"] if "description" in schema else []
            is_sent = name not in self.objects.answered
            yield "\n".join([f"### {name}\n", *words, self._fields(schema, is_sent=is_sent)])

    def _fields(self, schema: Schema, *, is_sent: bool) -> str:
        """A table of the fields of an object that is sent, or else answered."""
        needed, rows = schema.get("required", []), []
        for name, each in schema.get("properties", {}).items():
            kind = type_of(each, self._link)
            if is_sent == (name in needed):
                kind += ", required" if is_sent else ", may be missing"
            rows.append((f"`{name}`", kind, meaning_of(each)))
        return table(("field", "type", "meaning"), rows)

    def _row(self, name: str, parameter: Json) -> tuple[str, str, str]:
        schema = parameter["schema"]
        needed = ", required" if parameter.get("required") else ""
        where = ", header" if parameter["in"] == "header" else ""
        meaning = meaning_of(schema, parameter.get("description", ""))
        return f"`{name}`", type_of(schema, self._link) + where + needed, meaning

    def _link(self, name: str) -> str:
        at = self.objects.pages[name]
        return f"[{name}]({'' if at == self.name else f'{at}.md'}{anchor(name)})"


def _errors(anywhere: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Code, status, and which requests it answers."""
    status = {each.code: str(each.status) for each in all_errors()}
    for when, codes in RULES.items():
        for each in codes.split():
            yield f"`{each}`", status[each], when
    for each in anywhere:
        yield f"`{each}`", status[each], "any request, whatever it is for"


# How a description ends.
_SCOPES = re.compile(r"\s+Requires (?:the scope|(one of) the scopes) (.+)\.$", re.DOTALL)


def _scopes(operation: Operation) -> str:
    needed = _SCOPES.search(operation.description)
    return " ".join(filter(None, needed.groups())) if needed else "any key"


def _without_scope(operation: Operation) -> str:
    """Its description, but for the scope, which the table has."""
    return _SCOPES.sub("", operation.description)


def _lists(operation: Operation) -> str:
    if not operation.is_paged:
        return "Takes `limit`.\n" if "limit" in operation.parameters else ""
    rest = ", `cursor` and the four dates" if operation.is_dated else " and `cursor`"
    return f"Takes `limit`{rest}.\n"
