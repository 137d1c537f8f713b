"""Prints the contract: `python -m looplane.contract > contract/openapi.json`."""

import json
import sys

from looplane.kit.callers import CSRF_HEADER
from looplane.kit.compression import MIN_SIZE
from looplane.kit.http_protocol import MAX_HEAD
from looplane.kit.openapi import document
from looplane.kit.paging import PAGE_BYTES
from looplane.kit.request import MAX_BODY
from looplane.main import API_ROOT, APP_ROOT, create_api, create_app_api
from looplane.request_examples import add_examples

_DESCRIPTION = f"""\
The API of Looplane, a support and feedback inbox that a company runs itself. It speaks the \
Productlane API v2: a program written for that one works here when its base URL is changed.

Every answer but 200 and 304 is an error with `message` and `code`, and with `issues` where each \
fault is named; a request is all or nothing. Every write takes `?dry_run=true`; POST and PATCH \
take `Idempotency-Key`, a write to what its path names takes `If-Match`, and a read takes \
`If-None-Match`, a stream `Last-Event-ID`. Sent to an operation that does not list it, one of \
these headers is refused, and so is a field or a query parameter.

HEAD answers as GET, without the body, and OPTIONS says what a path has. Answers over \
{MIN_SIZE:,} bytes are compressed with Brotli or gzip for callers who take that; none may be kept \
by what stands between (`Cache-Control: no-store`). Ids are UUIDs, and times are in UTC, to the \
millisecond. A body has at most {MAX_BODY:,} bytes \
unless its operation says more, address and headers together at most \
{MAX_HEAD:,}, and a page ends early after {PAGE_BYTES:,} bytes of text.

The inbox calls the same operations with the cookie of a session in place of a key, and what else \
it needs at `{APP_ROOT}`. A request with the cookie that writes sends the `csrf_token` of the \
session in `{CSRF_HEADER}`."""


def contract_text() -> str:
    """The contract as it is committed and served."""
    contract = document(
        {API_ROOT: create_api(), APP_ROOT: create_app_api()},
        version="2.0.0",
        description=_DESCRIPTION,
    )
    add_examples(contract)
    return json.dumps(contract, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(contract_text())
