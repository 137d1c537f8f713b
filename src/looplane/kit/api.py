"""Declares operations: a route, and a function whose signature is the contract."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import params
from starlette.responses import Response

from looplane.kit.operation import Operation
from looplane.kit.schema import StrictModel

Endpoint = Callable[..., Awaitable[Response]]
Declare = Callable[[Endpoint], Endpoint]


def _declared_only() -> None:
    """Stands where FastAPI wants a dependency; `Operation` fills the parameter itself."""


def require_scopes(*scopes: str) -> Any:  # noqa: ANN401  # FastAPI's own type for this is Any
    """Marks the parameter of type Read or Write, and says which scopes its caller must have."""
    return params.Security(_declared_only, scopes=scopes)


class Api:
    """The operations of one noun, in the order in which they are matched."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.routes: list[Operation] = []

    def get(self, path: str, operation_id: str, answer: type[StrictModel]) -> Declare:
        """Declares an endpoint that reads."""
        return self._declare("GET", path, operation_id, answer)

    def post(self, path: str, operation_id: str, answer: type[StrictModel]) -> Declare:
        """Declares an endpoint that makes something."""
        return self._declare("POST", path, operation_id, answer)

    def patch(self, path: str, operation_id: str, answer: type[StrictModel]) -> Declare:
        """Declares an endpoint that changes something."""
        return self._declare("PATCH", path, operation_id, answer)

    def delete(self, path: str, operation_id: str, answer: type[StrictModel]) -> Declare:
        """Declares an endpoint that deletes something."""
        return self._declare("DELETE", path, operation_id, answer)

    def _declare(
        self, method: str, path: str, operation_id: str, answer: type[StrictModel]
    ) -> Declare:
        def add(endpoint: Endpoint) -> Endpoint:
            self.routes.append(
                Operation(
                    path,
                    endpoint,
                    methods=[method],
                    operation_id=operation_id,
                    tags=[self.tag],
                    summary=endpoint.__name__.replace("_", " ").capitalize(),
                    response_model=answer,
                    responses={"default": {"$ref": "#/components/responses/error"}},
                )
            )
            return endpoint

        return add
