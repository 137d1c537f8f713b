"""What a value can be, in words: the type of a schema and its limits."""

import json
from collections.abc import Callable
from typing import Any

from looplane.reference.markdown import code, prose

Schema = dict[str, Any]
# Where a schema of the contract is described, by its name.
Link = Callable[[str], str]

# What a schema may say of a value; anything else is a fault of ours, not to be left out silently.
_SAID = {
    *("type", "format", "$ref", "anyOf", "items", "enum", "const", "pattern", "default"),
    *("description", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"),
    *("properties", "required", "additionalProperties"),
}


def name_of(schema: Schema) -> str:
    """The name of the schema that this one refers to."""
    return str(schema["$ref"]).rpartition("/")[2]


def type_of(schema: Schema, link: Link) -> str:
    """Its type, such as "string or null" or "list of strings"."""
    if unknown := set(schema) - _SAID:
        msg = f"the reference has no words for {sorted(unknown)} in {schema}"
        raise ValueError(msg)
    if "$ref" in schema:
        return link(name_of(schema))
    if "anyOf" in schema:
        return " or ".join(type_of(each, link) for each in schema["anyOf"])
    kinds = schema.get("type", "any JSON")
    return " or ".join(_kind(each, schema, link) for each in _listed(kinds))


def limits_of(schema: Schema) -> list[str]:
    """A sentence for each limit that it states, those of its items too."""
    said = [_one_of(schema), _form(schema)]
    said += [
        _span(schema, "minLength", "maxLength", "character"),
        _span(schema, "minItems", "maxItems", "item"),
        _span(schema, "minimum", "maximum", ""),
    ]
    for each in schema.get("anyOf", []):
        said += limits_of(each)
    if items := schema.get("items"):
        said += [f"Each: {each[0].lower()}{each[1:]}" for each in limits_of(items)]
    return [each for each in said if each]


def meaning_of(schema: Schema, described: str = "") -> str:
    """All that is said of a value but its type."""
    said = limits_of(schema)
    # A parameter may repeat what its schema says.
    words = dict.fromkeys([described, schema.get("description", "")])
    said += [prose(each) for each in words if each]
    if "default" in schema:
        said.append(f"Default {code(_json(schema['default']))}.")
    return " ".join(said)


def _kind(kind: str, schema: Schema, link: Link) -> str:
    if kind == "array":
        items = schema.get("items", {})
        return f"list of {_plural(type_of(items, link))}" if items else "list of any JSON"
    if kind == "string" and schema.get("format") in {"date-time", "email", "uri", "binary"}:
        return str(schema["format"]).replace("uri", "URL").replace("binary", "bytes")
    return kind


def _plural(kind: str) -> str:
    if kind.startswith("[") or " " in kind:
        return kind
    return f"{kind}s"


def _one_of(schema: Schema) -> str:
    if "const" in schema:
        return f"Always {code(_json(schema['const']))}."
    named = [code(str(each)) for each in schema.get("enum", []) if each is not None]
    if len(named) == 1:
        return f"Only {named[0]}."
    return f"One of {', '.join(named)}." if named else ""


def _form(schema: Schema) -> str:
    return f"Pattern {code(schema['pattern'])}." if "pattern" in schema else ""


def _span(schema: Schema, least: str, most: str, unit: str) -> str:
    low, high = schema.get(least), schema.get(most)
    if high is None:
        return "" if low is None else f"At least {_count(low, unit)}."
    if low is None or (unit and low == 0):
        return f"At most {_count(high, unit)}."
    return f"{low:,} to {_count(high, unit)}."


def _count(number: float, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}" if unit else f"{number:,}"


def _listed(kinds: str | list[str]) -> list[str]:
    return [kinds] if isinstance(kinds, str) else kinds


def _json(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value)
