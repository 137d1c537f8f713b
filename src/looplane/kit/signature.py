"""What an endpoint takes, read from its signature once, and refused there if it cannot be served.

An endpoint may take: ids of the path; one query model, `Annotated[Model, Query()]`; one body, which
is a model for JSON, `Annotated[bytes, RawBody(...)]` for the bytes as they come, or
`Annotated[UploadFile, File()]` for the one file of a form; and its caller, Read or Write, marked
by `require_scopes`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from fastapi import params
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from looplane.kit.schema import StrictModel
from looplane.kit.writes import Read, Write


class NoQuery(StrictModel):
    """A request that takes no query parameters."""


class WriteQuery(StrictModel):
    """What the query of every write may say."""

    dry_run: bool = False


class RawBody(params.Body):
    """Marks the body that is taken as it comes, of one of these media types."""

    def __init__(self, *media_types: str, most_bytes: int) -> None:
        super().__init__(media_type=media_types[0])
        self.media_types, self.most_bytes = media_types, most_bytes


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the endpoint: its name, its type, and how it is marked."""

    name: str
    type: Any
    mark: Any = None


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of an endpoint by what they are filled from."""

    caller: Parameter | None
    scopes: tuple[str, ...]
    query: Parameter | None
    body: Parameter | None

    @property
    def writes(self) -> bool:
        """Whether its caller writes."""
        return self.caller is not None and self.caller.type is Write

    @property
    def query_model(self) -> type[BaseModel]:
        """What the query parameters are read into."""
        if self.query is not None:
            model: type[BaseModel] = self.query.type
            return model
        return WriteQuery if self.writes else NoQuery


def read_signature(endpoint: Callable[..., Any], path: str) -> Signature:
    """What `endpoint` takes. Raises TypeError for what cannot be served."""
    in_path = set(re.findall(r"\{(\w+)\}", path))
    kinds: dict[str, list[Parameter]] = {"caller": [], "query": [], "body": []}
    for name, hint in get_type_hints(endpoint, include_extras=True).items():
        if name == "return":
            continue
        plain, *marks = get_args(hint) if get_origin(hint) is Annotated else (hint,)
        if name in in_path:
            _require(plain is UUID, endpoint, f"{name} is in the path and no Id")
        else:
            kind, mark = _kind_of(plain, marks)
            _require(kind is not None, endpoint, f"{name}: {hint} cannot be served")
            kinds[str(kind)].append(Parameter(name, plain, mark))
    for kind, found in kinds.items():
        _require(len(found) <= 1, endpoint, f"takes more than one {kind}")
    caller, query, body = (next(iter(kinds[kind]), None) for kind in ("caller", "query", "body"))
    scopes = tuple(caller.mark.scopes or ()) if caller is not None else ()
    signature = Signature(caller, scopes, query, body)
    _require(
        not signature.writes or issubclass(signature.query_model, WriteQuery),
        endpoint,
        "the query of a write extends WriteQuery",
    )
    return signature


def _kind_of(plain: Any, marks: list[Any]) -> tuple[str | None, Any]:  # noqa: ANN401  # any hint
    for mark in marks:
        if isinstance(mark, params.Security):
            return ("caller" if plain in {Read, Write} else None), mark
        if isinstance(mark, params.Query):
            return ("query" if _is_model(plain) else None), mark
        if isinstance(mark, RawBody):
            return ("body" if plain is bytes else None), mark
        if isinstance(mark, params.File):
            return ("body" if plain is UploadFile else None), mark
    return ("body" if _is_model(plain) and not marks else None), None


def _is_model(plain: Any) -> bool:  # noqa: ANN401  # any hint
    if get_origin(plain) in {Union, UnionType}:
        return False
    return isinstance(plain, type) and issubclass(plain, BaseModel)


def _require(
    condition: bool, endpoint: Callable[..., Any], problem: str
) -> None:  # as an assertion
    if not condition:
        msg = f"{endpoint.__qualname__}: {problem}"
        raise TypeError(msg)
