"""Codes that change every half minute (RFC 6238), and codes that stand in for them once."""

import base64
import hmac
import secrets
from datetime import datetime

import pyotp

_STEP_SECONDS = 30
# A clock may be so many steps off, either way.
_STEPS_OFF = 1
_RECOVERY_BYTES = 10


def new_code_secret() -> str:
    """A secret that codes are made from: 160 random bits, in base32."""
    return pyotp.random_base32()


def code_uri(secret: str, account: str, issuer: str) -> str:
    """What an app for codes reads, as a picture mostly."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step of time whose code this is; None where it is of none that counts now."""
    codes, present = pyotp.HOTP(secret), int(now.timestamp()) // _STEP_SECONDS
    found = None
    for step in range(present - _STEPS_OFF, present + _STEPS_OFF + 1):
        if hmac.compare_digest(codes.at(step).encode(), code.encode()):
            found = step
    return found


def new_recovery_code() -> str:
    """A code of 80 random bits, such as `k3vq-7m2a-xw5p-d6ht`."""
    text = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def plain_recovery_code(typed: str) -> str:
    """A recovery code as it was made, however it was typed."""
    text = "".join(filter(str.isalnum, typed)).lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
