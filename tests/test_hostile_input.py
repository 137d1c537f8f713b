"""Whatever is sent: never a 500, and what is refused leaves no row."""

import codecs
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from looplane.kit.request import MAX_BODY
from tests.contract import OPERATIONS, Operation
from tests.operations import (
    WITH_BODY,
    Schema,
    World,
    fields_of,
    least,
    query_of,
    request,
)
from tests.witness import faults, places

JSON = {"Content-Type": "application/json"}
DEEP = 10_000
NOT_JSON: dict[str, bytes] = {
    "empty": b"",
    "a space": b" ",
    "NUL": b"\0",
    "cut off": b'{"title": ',
    "two": b"{}{}",
    "a comma too many": b'{"title": "x",}',
    "a comment": b"{/* */}",
    "quotes": b"{'title': 'x'}",
    "deep arrays": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep and open": b'{"a":[' * DEEP,
    "a key twice": b'{"title": "x", "title": "x"}',
    "a surrogate alone as key": rb'{"\ud800": 1}',
    "broken UTF-8": b'{"title": "\xff\xfe"}',
    "overlong UTF-8": b'{"title": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"title": "\xed\xa0\x80"}',
    "a byte order mark": codecs.BOM_UTF8 + b"{}",
    "UTF-16": "{}".encode("utf-16"),
    "UTF-32": "{}".encode("utf-32"),
    "a form": b"title=x",
    "NaN": b'{"title": NaN}',
    "Infinity": b'{"title": -Infinity}',
}
NO_OBJECT = {"null": b"null", "a list": b"[]", "a text": b'"x"', "a number": b"1", "true": b"true"}
# In place of any value.
VALUES = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "1e999": "1e999",
    "-1e999": "-1e999",
    "-0": "-0",
    "-0.0": "-0.0",
    "1e-999": "1e-999",
    "a huge number": "1" + "0" * 400,
    "a huge negative number": "-1" + "0" * 5000,
    "a number past 64 bits": str(2**63),
    "a surrogate alone": r'"\ud800"',
    "two surrogates the wrong way round": r'"\udc00\ud800"',
    "a long text": json.dumps("x" * (MAX_BODY - 1000)),
    "deep": "[" * DEEP + "]" * DEEP,
    "many": json.dumps(["x"] * 20_000),
    "many keys": json.dumps({f"k{n}": n for n in range(20_000)}),
    "proto": '{"__proto__": {"x": 1}, "constructor": 1}',
    "signs": json.dumps("'; drop table threads; -- $1 {} %s \\ \u202e\u2028 😀"),
}
BAD_DATES = [
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "10000-01-01T00:00:00Z",
    "-001-01-01T00:00:00Z",
    "2016-12-31T23:59:60Z",
    "2026-02-29T00:00:00Z",
    "2026-01-31T24:00:01Z",
    "2026-01-31T09:30:00+25:00",
    "2026-01-31T09:30:00",
    "2026-01-31",
    "2026-W05-6T09:30:00Z",
    "٢٠٢٦-01-31T09:30:00Z",
    "1769851800",
    "1e9",
    "now",
    "infinity",
    "",
]
STRANGE_KEYS = [b"", b"a b", b"a\tb", b"a\0b", b"a\r\nX: y", "é".encode(), b"\xff", b"x" * 256]
QUERIES = [
    "%00",
    "%ff",
    "%ed%a0%80=1",
    "=",
    "&&&",
    "%",
    "limit=%00",
    "limit=%ff",
    "limit=1e999",
    "limit=" + "9" * 5000,
    "limit=-0",
    "limit=%EF%BC%91",
    "dry_run=%00",
    "dry_run=%ed%a0%80",
    "cursor=" + "A" * 400,
    "cursor=WzFlOTk5LCJ4IiwieCJd",
    "email=%00%40x.example",
    "name_contains=%25%5C_%00",
    "name_contains=%25%5C_",
    "&".join(f"a{n}=1&a{n}=2" for n in range(3000)),
]
with_body = pytest.mark.parametrize("operation", WITH_BODY, ids=str)


@with_body
async def test_a_body_that_is_no_object(mine: World, operation: Operation) -> None:
    for name, body in (NOT_JSON | NO_OBJECT).items():
        spoilt = request(operation, mine, content=body, headers=JSON)
        answer = await mine.client.request(**spoilt)
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed"), name
        (issue,) = answer.json()["issues"]
        is_json = not issue["message"].startswith("The body is not JSON")
        assert is_json == (name in NO_OBJECT), name


@with_body
async def test_a_value_that_no_field_expects(ours: World, operation: Operation) -> None:
    before = await places(ours.make.db, ours.make.workspace_id)
    for name in fields_of(operation):
        text = json.dumps({**least(operation, ours.ids), name: "@"})
        for value in VALUES.values():
            content = text.replace('"@"', value).encode()
            sent = request(operation, ours, content=content, headers=JSON)
            answer = await ours.client.request(**sent)
            assert answer.status_code in {200, 400, 409}, (name, value[:50], answer.text)
            now = await places(ours.make.db, ours.make.workspace_id)
            assert now == before or answer.status_code == httpx.codes.OK, (name, value[:50])
            before = now


def holding(schema: Schema, leaf: str, form: str | None = None) -> Iterator[Any]:
    """Values of the shape of `schema` with `leaf` in each place where a text (of a form) may be."""
    kind = schema["type"][0] if isinstance(schema["type"], list) else schema["type"]
    if kind == "string" and form in {None, schema.get("format")}:
        yield leaf
    for each in (
        holding(schema.get("items", {"type": "string"}), leaf, form) if kind == "array" else ()
    ):
        yield [each]
    for name, inner in schema.get("properties", {}).items():
        yield from ({name: each} for each in holding(inner, leaf, form))


@with_body
async def test_no_text_holds_a_nul(mine: World, operation: Operation) -> None:
    values = [
        (name, value)
        for name, schema in fields_of(operation).items()
        for value in holding(schema, "\0")
    ]
    values += [("ai_draft_sources", [{"type": "a", "title": "b", "url": "\0"}])]
    for name, value in values:
        if name in fields_of(operation):
            body = {**least(operation, mine.ids), name: value}
            named = faults(await mine.client.request(**request(operation, mine, json=body)))
            assert {each.partition(".")[0] for each in named} == {name}, value


@with_body
async def test_a_date_is_a_moment(mine: World, operation: Operation) -> None:
    for name, schema in fields_of(operation).items():
        for text in BAD_DATES:
            for value in holding(schema, text, "date-time"):
                body = {**least(operation, mine.ids), name: value}
                sent = request(operation, mine, json=body)
                named = faults(await mine.client.request(**sent))
                assert name in {each.partition(".")[0] for each in named}, text


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_a_strange_query(mine: World, operation: Operation) -> None:
    dates = [
        name for name, each in query_of(operation).items() if each.get("format") == "date-time"
    ]
    sent = request(operation, mine)
    path, params = sent.pop("url"), sent.pop("params")
    if operation.method != "GET":
        params["dry_run"] = "true"
    for query in QUERIES:
        url = f"{path}?{httpx.QueryParams(params)}&{query}"
        answer = await mine.client.request(url=url, **sent)
        assert answer.status_code in {200, 400, 422}, query[:50]
    for name in dates:
        for text in BAD_DATES:
            assert faults(await mine.client.get(path, params={name: text})) == [name], text


@pytest.mark.parametrize(
    "operation", [each for each in WITH_BODY if each.method in {"POST", "PATCH"}], ids=str
)
async def test_a_strange_idempotency_key(mine: World, operation: Operation) -> None:
    for key in STRANGE_KEYS:
        headers = {"Idempotency-Key": key}
        answer = await mine.client.request(**request(operation, mine, headers=headers))
        assert faults(answer) == ["Idempotency-Key"], key


async def test_a_strange_length(mine: World) -> None:
    for length, status in (("9" * 5000, 413), ("-1", 200), ("x", 200), ("1" * 19, 413), ("²", 200)):
        answer = await mine.client.get("/me", headers={b"Content-Length": length.encode()})
        assert answer.status_code == status, length


async def test_a_body_of_just_the_limit_is_read(mine: World) -> None:
    body = b'{"unknown": "' + b"x" * (MAX_BODY - 15) + b'"}'
    assert len(body) == MAX_BODY
    answer = await mine.client.patch(f"/threads/{mine.ids['thread']}", content=body, headers=JSON)
    assert faults(answer) == ["unknown"]
