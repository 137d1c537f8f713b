"""The contract: what FastAPI knows of the operations, in the words of the given document."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from looplane.kit.operation import Operation

Json = Any

_ERROR = {
    "description": "Any other answer: the error, and each fault where there are several.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {
                    "message": {"type": "string"},
                    "code": {"type": "string"},
                    "issues": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"message": {"type": "string"}},
                            "required": ["message"],
                            "additionalProperties": False,
                        },
                    },
                },
                "required": ["message", "code"],
                "additionalProperties": False,
            }
        }
    },
}
_PARAMETERS = {
    "dry_run": {
        "name": "dry_run",
        "in": "query",
        "description": "Check everything and answer what would be; write nothing, tell nobody. "
        "`X-Looplane-Would` names the events.",
        "schema": {"type": "boolean", "default": False},
    },
    "if_match": {
        "name": "If-Match",
        "in": "header",
        "description": "Write only if the ETag is still one of these; 412 otherwise.",
        "schema": {"type": "string"},
    },
    "idempotency_key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The same key and request within 24 hours get the stored answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    },
}
# The operation that was given lists no parameters but its id: the ones of every write stand at
# the path instead, where they hold for it all the same.
_GIVEN = "/threads/{id}"


def document(api: FastAPI, *, version: str, description: str, server: str) -> dict[str, Json]:
    """The OpenAPI 3.1 document of all operations of `api`."""
    contract = get_openapi(
        title="Looplane API",
        version=version,
        openapi_version="3.1.0",
        description=description,
        routes=api.routes,
        servers=[{"url": server}],
    )
    contract["security"] = []
    parts = contract.setdefault("components", {})
    parts["schemas"] = {
        name: _tidy(schema)
        for name, schema in sorted(parts.get("schemas", {}).items())
        if name not in {"HTTPValidationError", "ValidationError"}
    }
    parts["parameters"] = _PARAMETERS
    parts["responses"] = {"error": _ERROR}
    parts["securitySchemes"] = {"Authorization": {"type": "http", "scheme": "bearer"}}
    for route in api.routes:
        if isinstance(route, Operation):
            _finish(contract["paths"][route.path], route.method.lower(), route)
    return contract


def _finish(path: dict[str, Json], method: str, route: Operation) -> None:
    """Says of one operation what FastAPI cannot know."""
    operation = path[method]
    needed = " and ".join(f"`{scope}`" for scope in route.signature.scopes)
    scope_text = f"Requires the scope {needed}." if needed else "Any valid key may call it."
    first = operation.get("description", "").strip()
    operation["description"] = f"{first} {scope_text}".strip()
    operation["security"] = [{"Authorization": []}]
    parameters = [_query_parameter(each) for each in operation.get("parameters", [])]
    if route.signature.writes:
        names = ["dry_run", "if_match"]
        names += ["idempotency_key"] if method in {"post", "patch"} else []
        shared = [{"$ref": f"#/components/parameters/{name}"} for name in names]
        if route.path != _GIVEN:
            parameters += shared
        elif method == "patch":
            # In full: readers do not follow a reference here.
            path["parameters"] = [_PARAMETERS[name] for name in names]
    if parameters:
        operation["parameters"] = parameters
    responses = operation["responses"]
    responses["200"]["content"] = _tidy(responses["200"]["content"])
    operation["responses"] = {
        "200": responses["200"],
        "default": {"$ref": "#/components/responses/error"},
    }


def _query_parameter(parameter: dict[str, Json]) -> dict[str, Json]:
    """A parameter that may be left out is not one that may be null."""
    schema = parameter["schema"]
    some = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    if len(some) == 1:
        schema = {**{key: value for key, value in schema.items() if key != "anyOf"}, **some[0]}
    kept = {key: value for key, value in parameter.items() if key != "schema"}
    if not kept.get("required"):
        kept.pop("required", None)
    return {**kept, "schema": _tidy(schema)}


def _tidy(node: Json) -> Json:
    """Without generated titles and null defaults; null as one more type."""
    if isinstance(node, list):
        return [_tidy(each) for each in node]
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
