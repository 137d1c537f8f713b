"""The contract: what FastAPI knows of the operations, in the words of the given document."""

import warnings
from collections.abc import Mapping
from typing import Any

from fastapi import params
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.warnings import UnsupportedFieldAttributeWarning
from starlette.applications import Starlette

from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.errors import ScopeRequired
from looplane.kit.openapi_parts import (
    HEADERS,
    PARAMETERS,
    error_codes,
    headers_of_200,
    responses,
)
from looplane.kit.operation import Operation
from looplane.kit.request_headers import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    LAST_EVENT_ID,
)
from looplane.kit.signature import Parameter, RawBody

Json = Any

_BINARY = {"type": "string", "format": "binary"}
# The operation that was given lists no parameters but its id: those of every write stand at the
# path instead, where they hold for it all the same, and its neighbours say which they refuse.
_GIVEN = "/threads/{id}"


def document(apis: Mapping[str, Starlette], *, version: str, description: str) -> dict[str, Json]:
    """The OpenAPI 3.1 document of all operations of `apis`, by where they are.

    The first is where the document is; the paths of the others say where they are.
    """
    (server, _), *others = apis.items()
    operations = [
        route for api in apis.values() for route in api.routes if isinstance(route, Operation)
    ]
    with warnings.catch_warnings():
        # FastAPI passes over it too, but only of what is built at once.
        warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
        contract = get_openapi(
            title="Looplane API",
            version=version,
            openapi_version="3.1.0",
            description=description,
            routes=[_documented(each) for each in operations],
            servers=[{"url": server}],
        )
    contract["security"] = []
    parts = contract.setdefault("components", {})
    parts["schemas"] = {
        name: _tidy(schema)
        for name, schema in sorted(parts.get("schemas", {}).items())
        # Of FastAPI's own errors and forms there are none here.
        if name not in {"HTTPValidationError", "ValidationError"} and not name.startswith("Body_")
    }
    parts["parameters"] = PARAMETERS
    parts["headers"] = HEADERS
    parts["responses"] = responses(operations)
    parts["securitySchemes"] = {"Authorization": {"type": "http", "scheme": "bearer"}}
    for route in operations:
        _finish(contract["paths"][route.path], route)
    for other, api in others:
        for path in {route.path for route in api.routes if isinstance(route, Operation)}:
            contract["paths"][path]["servers"] = [{"url": other}]
    return contract


def _documented(route: Operation) -> APIRoute:
    """The route as FastAPI knows it: made here, for it takes a while and no request needs it."""
    return APIRoute(route.path, route.endpoint, methods=[route.method], **route.documented)


def _finish(path: dict[str, Json], route: Operation) -> None:
    """Says of one operation what FastAPI cannot know."""
    operation = path[route.method.lower()]
    scopes = [each for each in route.signature.scopes if each != SESSION_SCOPE]
    needed = " and ".join(f"`{scope}`" for scope in scopes)
    scope_text = f"Requires the scope {needed}." if needed else ""
    if route.is_of_app:
        session = "Anybody may call it." if route.signature.is_public else "Requires a session."
        scope_text = f"{session} {scope_text}".strip()
    elif not needed and ScopeRequired not in route.raises:
        scope_text = "Any valid key may call it."
    first = operation.get("description", "").strip()
    operation["description"] = f"{first} {scope_text}".strip()
    operation["security"] = [] if route.is_of_app else [{"Authorization": []}]
    operation["x-error-codes"] = error_codes(route)
    own = [each for each in operation.get("parameters", []) if each["name"] not in PARAMETERS]
    parameters = [*map(_query_parameter, own), *_shared_parameters(path, route)]
    if parameters:
        operation["parameters"] = parameters
    if route.signature.body is not None and route.signature.body.mark is not None:
        operation["requestBody"] = _binary_body(route.signature.body, route.most_bytes)
    elif route.takes_files:
        operation["requestBody"]["description"] = f"At most {route.most_bytes:,} bytes."
    operation["responses"] = _responses(operation["responses"]["200"], route)


def _shared_parameters(path: dict[str, Json], route: Operation) -> list[Json]:
    """What it takes of the parameters that operations share."""
    takes = {
        "dry_run": route.signature.writes,
        "if_match": IF_MATCH in route.headers_taken,
        "if_none_match": IF_NONE_MATCH in route.headers_taken,
        "last_event_id": LAST_EVENT_ID in route.headers_taken,
        "idempotency_key": IDEMPOTENCY_KEY in route.headers_taken,
    }
    names = [name for name, is_taken in takes.items() if is_taken]
    if route.path != _GIVEN:
        return [_reference(name) for name in names]
    if route.method == "PATCH":
        # In full: readers do not follow a reference here.
        path["parameters"] = [PARAMETERS[name] for name in names]
        return []
    refused = [_refused(name) for name, is_taken in takes.items() if not is_taken]
    return [*(_reference(name) for name in names), *refused]


def _reference(name: str) -> dict[str, Json]:
    return {"$ref": f"#/components/parameters/{name}"}


def _refused(name: str) -> dict[str, Json]:
    """A parameter of the path's other operations, of which no value is right here."""
    kept = {key: PARAMETERS[name][key] for key in ("name", "in")}
    return {**kept, "description": "Not taken here: 400.", "schema": {"not": {}}}


def _binary_body(body: Parameter, most: int) -> dict[str, Json]:
    content: dict[str, Json]
    if isinstance(body.mark, RawBody):
        content = {each: {"schema": _BINARY} for each in body.mark.media_types}
        most = body.mark.most_bytes
    else:
        assert isinstance(body.mark, params.File)
        schema = {
            "type": "object",
            "properties": {body.name: _BINARY},
            "required": [body.name],
            "additionalProperties": False,
        }
        content = {"multipart/form-data": {"schema": schema}}
    return {"description": f"At most {most:,} bytes.", "content": content, "required": True}


def _responses(of_200: dict[str, Json], route: Operation) -> dict[str, Json]:
    found: dict[str, Json] = {
        "200": {
            "description": of_200["description"],
            "headers": headers_of_200(route),
            "content": _tidy(of_200["content"]),
        }
    }
    if IF_NONE_MATCH in route.headers_taken:
        found["304"] = {"$ref": "#/components/responses/not_modified"}
    return {**found, "default": {"$ref": "#/components/responses/error"}}


def _query_parameter(parameter: dict[str, Json]) -> dict[str, Json]:
    """A parameter that may be left out is not one that may be null."""
    schema = parameter["schema"]
    some = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    if len(some) == 1:
        schema = {**{key: value for key, value in schema.items() if key != "anyOf"}, **some[0]}
    kept = {key: value for key, value in parameter.items() if key != "schema"}
    if not kept.get("required"):
        kept.pop("required", None)
    if schema.get("type") == "array":
        kept |= {"style": "form", "explode": False}
    return {**kept, "schema": _tidy(schema)}


def _tidy(node: Json) -> Json:
    """Without generated titles and null defaults; null as one more type, 1.0 as 1."""
    if isinstance(node, list):
        return [_tidy(each) for each in node]
    if isinstance(node, float) and node.is_integer():
        return int(node)
    if not isinstance(node, dict):
        return node
    tidy = {
        key: _tidy(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and value is None)
    }
    return _nullable(tidy)


def _nullable(schema: dict[str, Json]) -> dict[str, Json]:
    some, *null = schema.get("anyOf", [{}])
    if null != [{"type": "null"}] or not isinstance(some.get("type"), str):
        return schema
    outer = {key: value for key, value in schema.items() if key != "anyOf"}
    enum = {"enum": [*some["enum"], None]} if "enum" in some else {}
    return {**some, "type": [some["type"], "null"], **enum, **outer}
