"""Links on the wire."""

from typing import Literal

from looplane.kit.schema import Email, Reference, SecretModel, StrictModel, optional
from looplane.members.schemas import Role
from looplane.sessions.schemas import SessionWorkspace

Purpose = Literal["first_run", "sign_in", "invite"]


class LinkToken(SecretModel):
    token: Reference


class LinkOut(StrictModel):
    """What a link is for, and whom it is for."""

    purpose: Purpose
    workspace: SessionWorkspace
    email: str
    name: str | None
    role: Role
    has_second_factor: bool


class LinkRequest(StrictModel):
    email: Email
    workspace_id: Reference = optional(
        "Where several workspaces know the address; without it each of them mails a link."
    )


class LinkRequested(StrictModel):
    """The answer to whoever asks, whether the address is known or not."""

    accepted: Literal[True]
