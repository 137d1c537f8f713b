"""What is handed to an SMTP server, and what can go wrong there."""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from looplane.kit.text import storable

Security = Literal["starttls", "tls", "none"]
# Where it went wrong; `mail` is one mail alone, all others are the server or how it is set up.
Step = Literal["resolve", "connect", "tls", "authenticate", "sender", "recipient", "mail"]
_MAX_ANSWER_LENGTH = 300  # characters
_PERMANENT = 500
# What a server answers to a sender whose mail is too large, which is no matter of the sender.
_TOO_LARGE = 552
# What it answers to whoever has not signed in, or not as it wants that, at any step.
_WITHOUT_LOGIN = frozenset({530, 534, 535, 538})


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over, and as whom."""

    host: str
    port: int
    security: Security
    username: str | None = None
    password: str | None = field(default=None, repr=False)


class SmtpFault(Exception):
    """Nothing was handed over; its text may be shown to anyone who sets the server up.

    `is_permanent` says that the same again would fail the same way, `code` what was answered.
    """

    def __init__(self, text: str, step: Step, *, code: int | None = None, answer: str = "") -> None:
        super().__init__(text)
        self.step, self.code, self.answer = step, code, answer

    @property
    def is_permanent(self) -> bool:
        """Whether the server said that it will not do."""
        return self.code is not None and self.code >= _PERMANENT

    @property
    def is_of_server(self) -> bool:
        """Whether it would meet any other mail as well."""
        return self.step not in {"recipient", "mail"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends a mail, and who gets it: first those without whom it is not sent at all.

    With `waits_for_all`, one of the others whom the server puts off for now keeps all of it back;
    otherwise they go without.
    """

    sender: str
    recipients: Sequence[str]
    others: Sequence[str] = ()
    waits_for_all: bool = True

    @property
    def is_utf8(self) -> bool:
        """Whether an address has more than ASCII, which not every server takes."""
        return not "".join([self.sender, *self.recipients, *self.others]).isascii()


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the server said to a mail that it took, and whom it did not take it for."""

    code: int
    answer: str
    refused: dict[str, str]


@asynccontextmanager
async def smtp_faults(step: Step, server: SmtpServer | None = None) -> AsyncIterator[None]:
    """What goes wrong at a step, as SmtpFault."""
    try:
        yield
    except SMTPResponseException as error:
        where = _where(step, error.code)
        is_wrong = isinstance(error, SMTPAuthenticationError) and error.code >= _PERMANENT
        wrong = "The user name or the password is wrong"
        msg = f"{wrong if is_wrong else f'The server refuses {_WHAT[where]}'}: {_said(error)}"
        raise SmtpFault(msg, where, code=error.code, answer=cut(error.message)) from None
    except ssl.SSLError as error:
        raise SmtpFault(_tls_text(error, server), "tls") from None
    except (SMTPTimeoutError, TimeoutError):
        msg = "The server did not answer in time."
        raise SmtpFault(msg, _of_server(step)) from None
    except (SMTPException, OSError) as error:
        if isinstance(cause := error.__cause__, ssl.SSLError):
            raise SmtpFault(_tls_text(cause, server), "tls") from None
        if step == "tls":
            msg = "The server broke off while the connection was being encrypted."
        elif isinstance(error, (SMTPServerDisconnected, OSError)):
            msg = "The server closed the connection."
        else:
            msg = f"The server cannot be used: {cut(str(error))}"
        raise SmtpFault(msg, _of_server(step)) from None


_WHAT: dict[Step, str] = {
    "resolve": "us",
    "connect": "us",
    "tls": "to encrypt the connection",
    "authenticate": "the user name and the password",
    "sender": "the sender's address",
    "recipient": "the recipient",
    "mail": "the mail",
}


def _where(step: Step, code: int) -> Step:
    if code in _WITHOUT_LOGIN:
        return "authenticate"
    return "mail" if step == "sender" and code == _TOO_LARGE else step


def _of_server(step: Step) -> Step:
    """A connection that ends is the server's matter, wherever it does."""
    return "connect" if step in {"sender", "recipient", "mail"} else step


def _tls_text(error: ssl.SSLError, server: SmtpServer | None) -> str:
    host = server.host if server else "the server"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {host} is not trusted: {error.verify_message}."
    reason = (error.reason or "it failed").replace("_", " ").lower()
    return f"The connection to {host} cannot be encrypted: {reason}. Is it the right port?"


def _said(error: SMTPResponseException) -> str:
    return f"{error.code} {cut(error.message)}"


def cut(text: str) -> str:
    """What a server said, in one line of a bounded length; its bytes may be no text at all."""
    return " ".join(storable(text).split())[:_MAX_ANSWER_LENGTH]
