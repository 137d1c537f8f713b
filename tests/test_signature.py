"""What cannot be served is refused when it is declared."""

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import Body, File, Form, Header, Query

from looplane.kit.api import Api
from looplane.kit.request import MAX_BODY
from looplane.kit.schema import StrictModel
from looplane.kit.signature import RawBody
from looplane.kit.writes import Write
from tests.toy_api import RawToy, Reading, Toy, ToyBody, Writing

ANN = ToyBody(name="Ann")


class Other(StrictModel):
    """No query of a write."""


class ListQuery(StrictModel):
    names: list[str] | None = None


async def takes_a_list(body: list[ToyBody], write: Writing) -> None: ...
async def takes_maybe_a_body(body: ToyBody | None, write: Writing) -> None: ...
async def takes_a_body_by_default(write: Writing, body: ToyBody = ANN) -> None: ...
async def takes_two_bodies(body: ToyBody, other: ToyBody, write: Writing) -> None: ...
async def takes_json_and_bytes(body: ToyBody, other: RawToy, write: Writing) -> None: ...
async def takes_one_field(body: Annotated[ToyBody, Body(embed=True)], write: Writing) -> None: ...
async def takes_a_form(body: Annotated[ToyBody, Form()], write: Writing) -> None: ...
async def takes_a_header(etag: Annotated[str, Header()], write: Writing) -> None: ...
async def takes_text_raw(body: Annotated[str, RawBody("text/plain")], write: Writing) -> None: ...
async def takes_bytes_of_a_file(file: Annotated[bytes, File()], write: Writing) -> None: ...
async def takes_more_than_comes(
    body: Annotated[bytes, RawBody("a/b", most_bytes=MAX_BODY + 1)], write: Writing
) -> None: ...
async def takes_a_query_of_a_read(query: Annotated[Other, Query()], write: Writing) -> None: ...
async def takes_a_list_in_a_query(query: Annotated[ListQuery, Query()], read: Reading) -> None: ...
async def takes_one_parameter(name: Annotated[str, Query()], read: Reading) -> None: ...
async def takes_two_queries(
    query: Annotated[Other, Query()], more: Annotated[Other, Query()], read: Reading
) -> None: ...
async def takes_an_open_object(body: dict[str, Any], write: Writing) -> None: ...
async def takes_no_caller(body: ToyBody) -> None: ...
async def takes_a_caller_without_scopes(write: Write) -> None: ...
async def takes_no_id(write: Writing) -> None: ...
async def takes_a_text_as_id(id: str, write: Writing) -> None: ...
async def takes_what_has_no_type(write: Writing, body) -> None: ...  # type: ignore[no-untyped-def]  # noqa: ANN001
async def takes_a_write(write: Writing) -> None: ...
async def takes_a_read(read: Reading) -> None: ...
async def takes_a_body(body: ToyBody, read: Reading) -> None: ...


@pytest.mark.parametrize(
    ("method", "path", "endpoint", "problem"),
    [
        ("POST", "/x", takes_a_list, "body: .* cannot be served"),
        ("POST", "/x", takes_maybe_a_body, "body: .* cannot be served"),
        ("POST", "/x", takes_a_body_by_default, "body has a default"),
        ("POST", "/x", takes_two_bodies, "more than one body"),
        ("POST", "/x", takes_json_and_bytes, "more than one body"),
        ("POST", "/x", takes_one_field, "body: .* cannot be served"),
        ("POST", "/x", takes_a_form, "body: .* cannot be served"),
        ("POST", "/x", takes_a_header, "etag: .* cannot be served"),
        ("POST", "/x", takes_text_raw, "body: .* cannot be served"),
        ("POST", "/x", takes_bytes_of_a_file, "file: .* cannot be served"),
        ("POST", "/x", takes_more_than_comes, "more than 1,000,000 bytes"),
        ("POST", "/x", takes_a_query_of_a_read, "extends WriteQuery"),
        ("GET", "/x", takes_a_list_in_a_query, "names .* more than one value"),
        ("GET", "/x", takes_one_parameter, "name: .* cannot be served"),
        ("GET", "/x", takes_two_queries, "more than one query"),
        ("POST", "/x", takes_an_open_object, "body: .* cannot be served"),
        ("POST", "/x", takes_no_caller, "no Read or Write"),
        ("POST", "/x", takes_a_caller_without_scopes, "write: .* cannot be served"),
        ("DELETE", "/x/{id}", takes_no_id, "not all ids"),
        ("DELETE", "/x/{id}", takes_a_text_as_id, "id is in the path and no Id"),
        ("POST", "/x", takes_what_has_no_type, "body: None cannot be served"),
        ("GET", "/x", takes_a_write, "a GET takes a Read"),
        ("POST", "/x", takes_a_read, "a POST takes a Write"),
        ("GET", "/x", takes_a_body, "a GET has no body"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_cannot_be_served_is_refused_when_it_is_declared(
    method: str, path: str, endpoint: Callable[..., Any], problem: str
) -> None:
    scratch = Api("scratch")
    with pytest.raises(TypeError, match=f"^{endpoint.__name__}: .*{problem}"):
        getattr(scratch, method.lower())(path, "scratch-try", Toy)(endpoint)
    assert scratch.routes == []
