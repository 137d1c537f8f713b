"""What `looplane doctor` says of one thing."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """How it stands with a thing, and what to do where it is not well."""

    name: str
    state: State
    message: str
    action: str | None = None
