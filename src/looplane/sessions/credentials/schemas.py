"""Passwords on the wire."""

from typing import Annotated

from pydantic import Field

from looplane.kit.schema import SecretModel, Text, optional

MAX_PASSWORD_LENGTH = 200
MIN_PASSWORD_LENGTH = 10
_FORM = {"format": "password"}
Password = Annotated[
    Text, Field(min_length=1, max_length=MAX_PASSWORD_LENGTH, json_schema_extra=_FORM)
]
NewPassword = Annotated[
    Text,
    Field(
        min_length=MIN_PASSWORD_LENGTH,
        max_length=MAX_PASSWORD_LENGTH,
        description="None of the most common ones, and not the address.",
        json_schema_extra=_FORM,
    ),
]


class PasswordChange(SecretModel):
    current_password: Password = optional(
        "Needed where one is set, but for ten minutes after signing in by a link."
    )
    new_password: NewPassword
