"""What an endpoint takes, read from its signature once, and refused there if it cannot be served.

An endpoint takes all ids of the path, and its caller, Read or Write, marked by `require_scopes`,
or a Visit where nobody needs to have called before.
It may take one query model, `Annotated[Model, Query()]`, and one body: a model for JSON,
`Annotated[bytes, RawBody(...)]` for the bytes as they come, or `Annotated[UploadFile, File()]`,
with the UploadFile of FastAPI, for the one file of a form.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from fastapi import UploadFile, params
from pydantic import BaseModel

from looplane.kit.request import MAX_BODY
from looplane.kit.schema import CommaList, SealedModel, SecretModel, StrictModel
from looplane.kit.visits import Visit
from looplane.kit.writes import Read, Write


class NoQuery(StrictModel):
    """A request that takes no query parameters."""


class WriteQuery(StrictModel):
    """What the query of every write may say."""

    dry_run: bool = False


class RawBody(params.Body):  # type: ignore[misc]  # FastAPI's own marks are made so
    """Marks the body that is taken as it comes, of one of these media types."""

    def __init__(self, *media_types: str, most_bytes: int = MAX_BODY) -> None:
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

    caller: Parameter
    query: Parameter | None
    body: Parameter | None

    @property
    def scopes(self) -> tuple[str, ...]:
        """What the caller must have."""
        return tuple(self.caller.mark.scopes or ())

    @property
    def writes(self) -> bool:
        """Whether its caller writes."""
        return self.caller.type is Write

    @property
    def is_public(self) -> bool:
        """Whether it needs no caller."""
        return self.caller.type is Visit

    @property
    def has_secrets(self) -> bool:
        """Whether its body has what is kept nowhere."""
        kind = self.body and self.body.type
        return isinstance(kind, type) and issubclass(kind, SecretModel)

    @property
    def is_sealed(self) -> bool:
        """Whether its body has what is kept sealed."""
        kind = self.body and self.body.type
        return isinstance(kind, type) and issubclass(kind, SealedModel)

    @property
    def query_model(self) -> type[BaseModel]:
        """What the query parameters are read into."""
        if self.query is not None:
            model: type[BaseModel] = self.query.type
            return model
        return WriteQuery if self.writes else NoQuery


def read_signature(endpoint: Callable[..., Any], method: str, path: str) -> Signature:
    """What `endpoint` takes. Raises TypeError for what cannot be served."""
    try:
        return _read(endpoint, method, path)
    except _CannotBeServed as error:
        msg = f"{endpoint.__qualname__}: {error}"
        raise TypeError(msg) from None


class _CannotBeServed(Exception):
    pass


def _read(endpoint: Callable[..., Any], method: str, path: str) -> Signature:
    in_path = set(re.findall(r"\{(\w+)\}", path))
    kinds: dict[str, list[Parameter]] = {"path": [], "caller": [], "query": [], "body": []}
    hints = get_type_hints(endpoint, include_extras=True)
    for name, declared in inspect.signature(endpoint).parameters.items():
        _require(declared.default is declared.empty, f"{name} has a default and is always sent")
        kind, parameter = _parameter(name, hints.get(name), in_path)
        kinds[kind].append(parameter)
    _require({each.name for each in kinds["path"]} == in_path, f"takes not all ids of {path}")
    for kind in ("caller", "query", "body"):
        _require(len(kinds[kind]) <= 1, f"takes more than one {kind}")
    _require(bool(kinds["caller"]), "takes no Read or Write marked by require_scopes")
    query, body = (next(iter(kinds[kind]), None) for kind in ("query", "body"))
    signature = Signature(kinds["caller"][0], query, body)
    _refuse_contradictions(signature, method)
    return signature


def _refuse_contradictions(signature: Signature, method: str) -> None:
    if method == "GET":
        _require(not signature.writes, "a GET takes a Read")
        _require(signature.body is None, "a GET has no body")
    else:
        _require(signature.writes or signature.is_public, f"a {method} takes a Write")
        extends = signature.is_public or issubclass(signature.query_model, WriteQuery)
        _require(extends, "the query of a write extends WriteQuery")
    mark = signature.body and signature.body.mark
    if isinstance(mark, RawBody):
        _require(mark.most_bytes <= MAX_BODY, f"no body has more than {MAX_BODY:,} bytes")
    for name, field in signature.query_model.model_fields.items():
        _require(_is_scalar(field.annotation), f"{name} of the query has more than one value")


def _parameter(name: str, hint: Any, in_path: set[str]) -> tuple[str, Parameter]:  # noqa: ANN401  # any hint
    plain, *marks = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    if name in in_path:
        _require(plain is UUID, f"{name} is in the path and no Id")
        return "path", Parameter(name, plain)
    for mark in marks:
        for kind, of_mark, is_served in _KINDS:
            if isinstance(mark, of_mark):
                _require(is_served(plain), f"{name}: {hint} cannot be served")
                return kind, Parameter(name, plain, mark)
    _require(_is_model(plain) and not marks, f"{name}: {hint} cannot be served")
    return "body", Parameter(name, plain)


def _is_model(plain: Any) -> bool:  # noqa: ANN401  # any hint
    if get_origin(plain) in {Union, UnionType}:
        return False
    return isinstance(plain, type) and issubclass(plain, StrictModel)


def _is_scalar(annotation: Any) -> bool:  # noqa: ANN401  # any hint
    """Whether one text can be a value of it, or several with commas between."""
    origin = get_origin(annotation)
    if origin is Annotated:
        plain, *marks = get_args(annotation)
        return CommaList() in marks or _is_scalar(plain)
    if origin in {Union, UnionType}:
        return all(_is_scalar(each) for each in get_args(annotation))
    plain = origin or annotation
    return not (isinstance(plain, type) and issubclass(plain, (list, set, dict, tuple, BaseModel)))


# By the first that fits: what a mark makes of a parameter, and for which types.
_KINDS: list[tuple[str, type, Callable[[Any], bool]]] = [
    ("caller", params.Security, lambda plain: plain in {Read, Write, Visit}),
    ("query", params.Query, _is_model),
    ("body", RawBody, lambda plain: plain is bytes),
    ("body", params.File, lambda plain: plain is UploadFile),
]


def _require(condition: bool, problem: str) -> None:  # as an assertion
    if not condition:
        raise _CannotBeServed(problem)
