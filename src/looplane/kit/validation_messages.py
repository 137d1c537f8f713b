"""What is wrong with a body or a query, in words that a person can act on."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from looplane.kit.faults import Fault

# Characters of what the caller sent that a message repeats.
_MAX_REPEATED = 200

_TEXTS = {
    "missing": "is required",
    "string_type": "must be text",
    "string_unicode": "must be text in UTF-8",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "is too large a number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "uuid_parsing": "must be an id",
    "datetime_from_date_parsing": "is not a date that there is",
    "datetime_parsing": "is not a date that there is",
    "datetime_object_invalid": "is not a date that there is",
}


def faults_of(error: ValidationError, *, of_query: bool = False) -> list[Fault]:
    """One line for each fault, `tag_ids.0: …`."""
    errors = error.errors(include_url=False)
    return [Fault(_line(each, of_query=of_query), each["type"]) for each in errors]


def shorten(text: str) -> str:
    """`text` without its middle where it is long."""
    half = _MAX_REPEATED // 2
    return text if len(text) <= _MAX_REPEATED else f"{text[:half]}…{text[-half:]}"


def _line(error: ErrorDetails, *, of_query: bool) -> str:
    # A query has the values of a parameter in one text.
    parts = error["loc"][:1] if of_query else error["loc"]
    path = shorten(".".join(str(part) for part in parts))
    text = _text(error, "a query parameter" if of_query else "a field")
    if path:
        return f"{path}: {text}"
    # What a rule over several fields says names them itself.
    return text if error["type"] == "value_error" else f"The body {text}"


def _text(error: ErrorDetails, kind: str) -> str:
    context: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        return f"is not {kind} here"
    if error["type"] in _TEXTS:
        return _TEXTS[error["type"]]
    if error["type"] in _COUNTED:
        return _COUNTED[error["type"]](context, error["input"])
    if error["type"] == "value_error":
        return str(context["error"])
    text = error["msg"].removeprefix("Input should be ")
    return text if text == error["msg"] else f"must be {text}"


def _too_long(context: Mapping[str, Any], value: Any) -> str:  # noqa: ANN401  # whatever was sent
    return f"has {len(value):,} characters, at most {context['max_length']:,}"


def _too_short(context: Mapping[str, Any], value: Any) -> str:  # noqa: ANN401  # whatever was sent
    if not value:
        return "must not be empty"
    return f"has {len(value):,} characters, at least {context['min_length']:,}"


def _too_many(context: Mapping[str, Any], value: Any) -> str:  # noqa: ANN401  # whatever was sent
    if isinstance(value, str):  # text that was looked at before its length
        return _too_long(context, value)
    return f"has {len(value):,} items, at most {context['max_length']:,}"


def _too_few(context: Mapping[str, Any], value: Any) -> str:  # noqa: ANN401  # whatever was sent
    if isinstance(value, str):
        return _too_short(context, value)
    return f"must have at least {context['min_length']:,} items"


def _number(bound: float) -> str:
    return f"{int(bound) if float(bound).is_integer() else bound:,}"


def _choice(context: Mapping[str, Any], _value: Any) -> str:  # noqa: ANN401  # whatever was sent
    return f"must be {str(context['expected']).replace(chr(39), '')}"


_COUNTED: Mapping[str, Callable[[Mapping[str, Any], Any], str]] = {
    "string_too_long": _too_long,
    "string_too_short": _too_short,
    "too_long": _too_many,
    "too_short": _too_few,
    "literal_error": _choice,
    "greater_than_equal": lambda context, _: f"must be at least {_number(context['ge'])}",
    "less_than_equal": lambda context, _: f"must be at most {_number(context['le'])}",
    "greater_than": lambda context, _: f"must be more than {_number(context['gt'])}",
    "less_than": lambda context, _: f"must be less than {_number(context['lt'])}",
}
