"""Prints the contract: `python -m looplane.contract > contract/openapi.json`."""

import json
import sys

from looplane.kit.openapi import document
from looplane.main import API_ROOT, create_api

_DESCRIPTION = """\
The API of Looplane, a support and feedback inbox that a company runs itself. It speaks the \
Productlane API v2: a program written for that one works here when its base URL is changed.

Every answer but 200 is an error with `message` and `code`, and with `issues` where each fault is \
named. Every write takes `Idempotency-Key` (POST and PATCH), `If-Match` and `?dry_run=true`."""


def contract_text() -> str:
    """The contract as it is committed and served."""
    contract = document(create_api(), version="2.0.0", description=_DESCRIPTION, server=API_ROOT)
    return json.dumps(contract, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(contract_text())
