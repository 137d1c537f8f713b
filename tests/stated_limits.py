"""The limits that the contract states of a field, as keywords or in words, and values about them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
# What a field without a limit takes: nearly as much as a body may have.
MUCH = 900_000
_WORDS = re.compile(r"[Aa]t most ([\d,]+) (characters|items)(?:, each of at most ([\d,]+) char)?")
_PARTS = re.compile(r"`(\w+)` of (?:1 to|at most) ([\d,]+)")


@dataclass(frozen=True)
class Case:
    """A value for a field, and the bound that it breaks; None where it breaks none."""

    value: Any
    broken: int | None

    def __str__(self) -> str:
        return f"{str(self.value)[:12]}-{'over' if self.broken is not None else 'within'}"


def cases_of(name: str, schema: Schema) -> Iterator[Case]:
    """Values at each limit of a field and past it, and much where there is none."""
    kind = schema.get("type", "object")
    kinds = [kind] if isinstance(kind, str) else kind
    if "enum" in schema or schema.get("format") == "date-time":
        return
    if "string" in kinds:
        yield from _texts(name, schema)
    elif "array" in kinds:
        yield from _lists(name, schema)
    elif "object" in kinds:
        for key, each in schema.get("properties", {}).items():
            yield from (Case({key: case.value}, case.broken) for case in cases_of(key, each))
    elif {"integer", "number"} & set(kinds):
        yield from _numbers(schema)


def _stated(schema: Schema, keyword: str, noun: str) -> tuple[int | None, int | None]:
    """The bound, by keyword or in words; and that of each item, in words."""
    words = _WORDS.search(schema.get("description", ""))
    if keyword in schema or words is None or words[2] != noun:
        return schema.get(keyword), None
    return _number(words[1]), _number(words[3]) if words[3] else None


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _texts(name: str, schema: Schema, most: int | None = None) -> Iterator[Case]:
    stated, _ = _stated(schema, "maxLength", "characters")
    most = most or stated
    if schema.get("minLength"):
        yield Case("", 1)
    if most is not None:
        yield Case(_text(name, schema, most), None)
        yield Case(_text(name, schema, most + 1), most)
    elif "pattern" not in schema:
        yield Case("x" * MUCH, None)


def _lists(name: str, schema: Schema) -> Iterator[Case]:
    most, most_of_each = _stated(schema, "maxItems", "items")
    items = schema.get("items", {"type": "object"})
    if "enum" in items:
        return
    parts = _PARTS.findall(schema.get("description", ""))
    for key, bound in parts:
        for case in _texts(key, {"format": "uri" if key == "url" else ""}, _number(bound)):
            yield Case([{"type": "t", "title": "t", key: case.value}], case.broken)
    if "string" in str(items.get("type")):
        for case in _texts(name, items, most_of_each):
            # Of much text in each there is no room for more than one.
            yield Case([case.value], case.broken)
    one = {"type": "t", "title": "t"} if parts else None
    length = most if most is not None else MUCH // 20
    yield Case([one or _text(name, items, 16, n) for n in range(length)], None)
    if most is not None:
        yield Case([one or _text(name, items, 16, n) for n in range(most + 1)], most)


def _numbers(schema: Schema) -> Iterator[Case]:
    for keyword, step in (("minimum", -1), ("maximum", 1)):
        if keyword in schema:
            yield Case(schema[keyword], None)
            yield Case(schema[keyword] + step, schema[keyword])
        else:
            yield Case(step * 10**15, None)


def _text(name: str, schema: Schema, length: int, number: int = 0) -> str:
    """A text of this length that has the form that the field wants."""
    if schema.get("format") == "uri":
        return "https://a.example/".ljust(length, "x")
    if schema.get("format") == "email":
        return f"{'x' * 64}@".ljust(length, "y")
    if name == "allowed_ips":
        return f"10.0.{number // 256}.{number % 256}"
    if name in {"domains", "domain"}:
        return f"{number}.example".rjust(length, "x")
    return str(number).rjust(length, "x")
