"""Declares operations: a route, and a function whose signature is the contract."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from fastapi import params
from starlette.responses import Response

from looplane.kit.errors import ApiError
from looplane.kit.event_streams import MEDIA_TYPE, OF_EACH
from looplane.kit.operation import Operation
from looplane.kit.request import MAX_FILE_BODY
from looplane.kit.schema import StrictModel

Endpoint = Callable[..., Awaitable[Response]]
Declare = Callable[[Endpoint], Endpoint]
# What an endpoint answers with 200: JSON of a model, or a stream of a media type.
AnswerType = type[StrictModel] | str


def _declared_only() -> None:
    """Stands where FastAPI wants a dependency; `Operation` fills the parameter itself."""


def require_scopes(*scopes: str) -> Any:  # noqa: ANN401  # FastAPI's own type for this is Any
    """Marks the parameter of type Read or Write, and says which scopes its caller must have."""
    return params.Security(_declared_only, scopes=scopes)


class Api:
    """The operations of one noun, in the order in which they are matched.

    Each is declared with its answer and the errors that no other operation of its kind raises.
    Those that are `for_app` are what the inbox needs beyond the API, and have a root of their own.
    """

    def __init__(self, tag: str, *, for_app: bool = False) -> None:
        self.tag, self._for_app = tag, for_app
        self.routes: list[Operation] = []

    def get(
        self, path: str, operation_id: str, answer: AnswerType, *raises: type[ApiError]
    ) -> Declare:
        """Declares an endpoint that reads."""
        return self._declare("GET", path, operation_id, answer, raises)

    def post(
        self, path: str, operation_id: str, answer: AnswerType, *raises: type[ApiError]
    ) -> Declare:
        """Declares an endpoint that makes something."""
        return self._declare("POST", path, operation_id, answer, raises)

    def upload(
        self,
        path: str,
        operation_id: str,
        answer: AnswerType,
        *raises: type[ApiError],
        most_bytes: int = MAX_FILE_BODY,
    ) -> Declare:
        """Declares an endpoint that takes a file, in a body as large as files are."""
        return self._declare("POST", path, operation_id, answer, raises, upload_bytes=most_bytes)

    def patch(
        self, path: str, operation_id: str, answer: AnswerType, *raises: type[ApiError]
    ) -> Declare:
        """Declares an endpoint that changes something."""
        return self._declare("PATCH", path, operation_id, answer, raises)

    def put(
        self, path: str, operation_id: str, answer: AnswerType, *raises: type[ApiError]
    ) -> Declare:
        """Declares an endpoint that puts something in the place of what is there."""
        return self._declare("PUT", path, operation_id, answer, raises)

    def delete(
        self, path: str, operation_id: str, answer: AnswerType, *raises: type[ApiError]
    ) -> Declare:
        """Declares an endpoint that deletes something."""
        return self._declare("DELETE", path, operation_id, answer, raises)

    def _declare(  # noqa: PLR0913  # what an operation is declared with
        self,
        method: str,
        path: str,
        operation_id: str,
        answer: AnswerType,
        raises: Sequence[type[ApiError]],
        *,
        upload_bytes: int = 0,
    ) -> Declare:
        def add(endpoint: Endpoint) -> Endpoint:
            self.routes.append(
                Operation(
                    path,
                    endpoint,
                    method=method,
                    raises=raises,
                    upload_bytes=upload_bytes,
                    is_of_app=self._for_app,
                    operation_id=operation_id,
                    tags=[self.tag],
                    summary=endpoint.__name__.replace("_", " ").capitalize(),
                    **_response_options(answer),
                )
            )
            return endpoint

        return add


def _response_options(answer: AnswerType) -> dict[str, Any]:
    if not isinstance(answer, str):
        return {"response_model": answer}
    binary = {"type": "string", "format": "binary"}
    content = {answer: {"schema": OF_EACH if answer == MEDIA_TYPE else binary}}
    return {
        "response_model": None,
        "response_class": Response,  # so that FastAPI adds no JSON to the content
        "responses": {200: {"content": content}},
    }
