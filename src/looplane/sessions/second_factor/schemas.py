"""The second factor on the wire."""

from typing import Annotated

from pydantic import Field

from looplane.kit.schema import SecretModel, StrictModel, Text
from looplane.sessions.credentials.schemas import Password

# Six digits, or a code for recovery.
Code = Annotated[Text, Field(min_length=1, max_length=40)]


class SecondFactorStart(SecretModel):
    password: Password


class SecondFactorConfirm(SecretModel):
    code: Code


class SecondFactorEnd(SecretModel):
    password: Password
    code: Code


class NewSecondFactor(StrictModel):
    """What an app for codes is told; null after a dry run."""

    secret: str | None
    uri: str | None


class RecoveryCodes(StrictModel):
    """Codes that stand in for one of the app, each once; null after a dry run."""

    recovery_codes: list[str] | None
