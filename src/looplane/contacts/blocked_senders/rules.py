"""How what is blocked is spelled. Pure."""

import re
from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError

from looplane.kit.domains import ascii_domain
from looplane.kit.schema import Email

# What stands between the parts of a domain, in all scripts.
_FULL_STOPS = re.compile("[.\u3002\uff0e\uff61]")
_ADDRESS: TypeAdapter[str] = TypeAdapter(Email)
_WRONG = {
    "EMAIL": "is no address such as sender@firm.example",
    "DOMAIN": "is no bare domain such as firm.example",
}


def spellings(email: str) -> tuple[str, list[str]]:
    """How a block spells an address, and the domains by which it may be blocked as well."""
    address = spelled_address(email)
    labels = address.rpartition("@")[2].split(".")
    above = (".".join(labels[i:]) for i in range(len(labels) - 1))
    # One by one: a name that is no domain may be below one that is.
    return address, [ascii_domain(each) or each for each in above]


def spelled_address(email: str) -> str:
    """An address in small letters, its domain in ASCII where it has such a form."""
    local, _, host = email.rpartition("@")
    host = _FULL_STOPS.sub(".", host).rstrip(".")
    return f"{local}@{ascii_domain(host) or host}".lower()


def spelled(sent: Mapping[str, str]) -> tuple[str | None, list[str]]:
    """The value as it is kept, and what is wrong with it; nothing where either field is missing."""
    kind, value = sent.get("type"), sent.get("value")
    if kind is None or value is None:
        return None, []
    kept = _address(value) if kind == "EMAIL" else ascii_domain(value)
    return kept, [] if kept else [f"value: {_WRONG[kind]}, which the type {kind} needs"]


def _address(value: str) -> str | None:
    try:
        return spellings(_ADDRESS.validate_python(value))[0]
    except ValidationError:
        return None
