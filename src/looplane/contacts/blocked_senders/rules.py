"""How what is blocked is spelled. Pure."""

from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError

from looplane.kit.domains import ascii_domain, with_parents
from looplane.kit.schema import Email

_ADDRESS: TypeAdapter[str] = TypeAdapter(Email)
_WRONG = {
    "EMAIL": "is no address such as sender@firm.example",
    "DOMAIN": "is no bare domain such as firm.example",
}


def spellings(email: str) -> tuple[str, list[str]]:
    """The address as a block has it, and the domains whose block keeps it out.

    It is in small letters, its domain in ASCII where it has such a form.
    """
    local, _, host = email.rpartition("@")
    named = host.rstrip(".")
    domain = ascii_domain(named) or named.lower()
    domains = [ascii_domain(each) or each for each in with_parents(domain)]
    return f"{local}@{domain}".lower(), domains


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
