"""Signing in on the wire."""

from typing import Annotated

from pydantic import Field

from looplane.kit.schema import Email, Name, Reference, SecretModel, Text, optional
from looplane.sessions.credentials.schemas import NewPassword, Password
from looplane.sessions.schemas import SessionOut, SessionWorkspace

_CODE = "Of the second factor, or one for recovery."
_FIRST = "At the first run alone."


class SignedInOut(SessionOut):
    """The session that was opened, and where the same address and password open one too."""

    other_workspaces: list[SessionWorkspace]


class SignIn(SecretModel):
    email: Email
    password: Password
    code: Annotated[Text, Field(min_length=1, max_length=40)] = optional(_CODE)
    workspace_id: Reference = optional(
        "Where several workspaces know the address; the one that was last used without it."
    )


class SignInByLink(SecretModel):
    token: Reference
    code: Annotated[Text, Field(min_length=1, max_length=40)] = optional(_CODE)
    name: Name = optional(_FIRST)
    email: Email = optional(_FIRST)
    password: NewPassword = optional(_FIRST)


class SignInByInvite(SecretModel):
    token: Reference
    name: Name = optional("The one in the invite without it.")
    password: NewPassword
