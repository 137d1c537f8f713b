"""What a request says: its query and its body, read into strict models."""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from tempfile import SpooledTemporaryFile
from typing import Any, get_type_hints

import jiter
import starlette.datastructures
from fastapi import UploadFile
from pydantic import BaseModel, ValidationError, create_model
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request

from looplane.kit.errors import PayloadTooLarge, UnsupportedMediaType
from looplane.kit.faults import Fault
from looplane.kit.schema import StrictModel, optional
from looplane.kit.validation_messages import faults_of, shorten

# Bytes that a request may have beside its head.
MAX_BODY = 1_000_000
# … and where it brings a file: one of the largest that are taken, and what a form adds.
MAX_FILE = 10 * 1024 * 1024
MAX_FILE_BODY = 11_000_000
_UTF_8 = re.compile(r"(?i)\s*(charset=(\"utf-8\"|utf-8))?\s*")
# No object of ours has as many fields, nor all objects of a body together: each that is not ours
# would be a fault, and take its time.
_MAX_FIELDS = 200
_MAX_FIELDS_IN_ALL = 1000


@dataclass(frozen=True, slots=True)
class Validated:
    """What was read into a model, and what is wrong with it.

    With faults the model holds only what is well formed, so that it can be judged further; where
    nothing is, it is None.
    """

    model: Any
    faults: tuple[str, ...] = ()


def read_query(request: Request, model: type[BaseModel]) -> Validated:
    """The query parameters of a request."""
    pairs: dict[str, str] = {}
    if request.scope["query_string"]:
        items = request.query_params.multi_items()
        pairs = dict(items)
        if len(pairs) < len(items):
            times = Counter(name for name, _ in items)
            twice = [shorten(name) for name in pairs if times[name] > 1]
            return Validated(None, tuple(Fault(f"{k}: is given twice", "twice") for k in twice))
    try:
        return Validated(model.model_validate_strings(pairs))
    except ValidationError as error:
        return Validated(None, tuple(faults_of(error, of_query=True)))


def read_json(request: Request, body: bytes, model: type[BaseModel]) -> Validated:
    """The JSON body of a request. Raises UnsupportedMediaType."""
    _refuse_other_media(request.headers)
    # What is large is one long text: very many small things would hold up everybody else.
    if len(body) > MAX_BODY and body.count(b",") > _MAX_FIELDS_IN_ALL:
        return Validated(None, (f"The body has more than {_MAX_FIELDS_IN_ALL:,} commas",))
    try:
        raw = jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError as error:
        return Validated(None, (Fault(f"The body is not JSON: {shorten(str(error))}", "json"),))
    if isinstance(raw, dict) and len(raw) > _MAX_FIELDS:
        return Validated(None, (f"The body has {len(raw):,} fields, at most {_MAX_FIELDS}",))
    if (count := _count_fields(raw)) > _MAX_FIELDS_IN_ALL:
        text = f"The body has {count:,} fields in all its parts, at most {_MAX_FIELDS_IN_ALL:,}"
        return Validated(None, (text,))
    try:
        return Validated(model.model_validate(raw))
    except ValidationError as error:
        return Validated(_well_formed(model, raw, error), tuple(faults_of(error)))


async def read_raw(request: Request, media_types: Sequence[str], most_bytes: int) -> bytes:
    """The body as it comes. Raises UnsupportedMediaType, PayloadTooLarge."""
    if _media_type(request.headers) not in media_types:
        msg = f"Send the body as {' or '.join(media_types)}."
        raise UnsupportedMediaType(msg)
    body = await request.body()
    if len(body) > most_bytes:
        msg = f"The body may have {most_bytes:,} bytes at the most."
        raise PayloadTooLarge(msg)
    return body


async def read_spooled(request: Request) -> SpooledTemporaryFile[bytes]:
    """The body as it comes, on the disk where it is large; to be closed by the caller."""
    spool: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=MAX_BODY)  # noqa: SIM115  # the caller closes it
    try:
        async for part in request.stream():
            await asyncio.to_thread(spool.write, part)
        spool.seek(0)
    except BaseException:
        spool.close()
        raise
    return spool


async def read_file(request: Request, field: str) -> Validated:
    """The one file of a form, as the UploadFile in `field`. Raises UnsupportedMediaType.

    It is on the disk where it is large, and closed with the request.
    """
    if _media_type(request.headers) != "multipart/form-data":
        msg = "Send the file as multipart/form-data."
        raise UnsupportedMediaType(msg)
    try:
        form = await request.form(max_files=1, max_fields=0)
    except HTTPException as error:
        return Validated(None, (f"The form cannot be read: {error.detail}",))
    upload = form.get(field)
    if not isinstance(upload, starlette.datastructures.UploadFile):
        others = (f"{shorten(name)}: is not a field here" for name in form if name != field)
        return Validated(None, (*others, f"{field}: is required, as a file"))
    size, name, headers = upload.size, upload.filename, upload.headers
    file = UploadFile(upload.file, size=size, filename=name, headers=headers)
    return Validated(file)


def _media_type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _refuse_other_media(headers: Headers) -> None:
    parameters = headers.get("content-type", "").partition(";")[2]
    if _media_type(headers) != "application/json" or not _UTF_8.fullmatch(parameters):
        msg = "Send the body as application/json in UTF-8."
        raise UnsupportedMediaType(msg)


def _count_fields(raw: object) -> int:
    """The fields of all objects in a document, whose depth the parser has bounded.

    What is in a list of very many items does not count: it is refused by their number.
    """
    if isinstance(raw, dict):
        return len(raw) + sum(map(_count_fields, raw.values()))
    if isinstance(raw, list) and len(raw) <= _MAX_FIELDS:
        return sum(map(_count_fields, raw))
    return 0


def _well_formed(model: type[BaseModel], raw: object, error: ValidationError) -> BaseModel | None:
    """The fields that have no fault, in a model that lacks the others."""
    if not isinstance(raw, dict):
        return None
    wrong = {each["loc"][0] for each in error.errors(include_url=False) if each["loc"]}
    right = {name: value for name, value in raw.items() if name not in wrong}
    try:
        partial = _all_optional(model).model_validate(right)
    except ValidationError:
        return None
    values = {name: getattr(partial, name) for name in partial.model_fields_set}
    return model.model_construct(_fields_set=set(values), **values)


@cache
def _all_optional(model: type[BaseModel]) -> type[BaseModel]:
    """The fields of `model` and none of its other rules, any of which may be left out."""
    hints = get_type_hints(model, include_extras=True)
    fields: dict[str, Any] = {name: (hints[name], optional()) for name in model.model_fields}
    return create_model(f"{model.__name__}WellFormed", __base__=StrictModel, **fields)
