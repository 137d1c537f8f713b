"""Mailboxes on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from looplane.kit.paging import PageQuery, page_of
from looplane.kit.schema import (
    MAX_NAME_LENGTH,
    WHOLE,
    Email,
    SealedModel,
    StrictModel,
    Text,
    Timestamp,
    matching,
    optional,
)
from looplane.kit.smtp import Security, Step

MAX_DAILY_BUDGET = 1_000_000
MAX_PER_HOUR = 10_000
DAILY_BUDGET = 2_000
PER_THREAD_PER_HOUR = 30
_LINE = r"[^\x00-\x1f\x7f]+"
_Line = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_NAME_LENGTH,
        json_schema_extra={"pattern": f"^{_LINE}$"},
    ),
    matching(_LINE, "must not be empty and must be one line without control characters"),
]
_HOST = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|[0-9a-fA-F:]{2,45}"
_Host = Annotated[
    str,
    Field(max_length=253, json_schema_extra={"pattern": f"^({_HOST})$"}),
    matching(_HOST, "must be the name of a host, such as smtp.firm.example, or an address"),
]
_Port = Annotated[int, Field(ge=1, le=65535), WHOLE]
_Password = Annotated[Text, Field(min_length=1, max_length=1000)]
_Budget = Annotated[
    int,
    Field(
        ge=1,
        le=MAX_DAILY_BUDGET,
        description="So many mails may leave by it in a day (UTC). Then it is paused to the end of "
        "the day, and what follows waits; links that sign in leave all the same.",
    ),
    WHOLE,
]
_PerHour = Annotated[
    int,
    Field(
        ge=1,
        le=MAX_PER_HOUR,
        description="So many mails may leave by it in one thread within an hour; more of them "
        "wait.",
    ),
    WHOLE,
]
_Default = Annotated[
    bool,
    Field(
        description="The one by which mail leaves that belongs to no other one. There is always "
        "one: the one that was chosen last, or else the oldest.",
    ),
]
MailboxStatus = Literal["active", "paused"]
_SECURITY = Field(
    description="How the connection is encrypted: `tls` from its first byte (port 465), `starttls` "
    "(587), or not at all."
)
SecurityField = Annotated[Security, _SECURITY]


class MailboxOut(StrictModel):
    id: str
    name: str
    address: str
    smtp_host: str
    smtp_port: int
    security: SecurityField
    username: str | None
    has_password: Annotated[bool, Field(description="The password itself is never shown.")]
    is_default: bool
    daily_budget: int
    per_thread_per_hour: int
    status: MailboxStatus
    status_reason: Annotated[str | None, Field(description="Why it is paused.")]
    paused_until: Annotated[
        Timestamp | None,
        Field(description="Null while it is active, or paused until somebody makes it active."),
    ]
    down_since: Annotated[
        Timestamp | None,
        Field(description="Since when its server cannot be used; null while it can."),
    ]
    down_reason: str | None
    created_at: Timestamp
    updated_at: Timestamp


MailboxPage = page_of(MailboxOut)


class MailboxQuery(PageQuery):
    status: MailboxStatus | None = None


class MailboxCreate(SealedModel):
    name: _Line
    address: Email
    smtp_host: _Host
    smtp_port: _Port
    security: SecurityField = "starttls"
    username: _Line | None = None
    password: _Password | None = None
    is_default: _Default = False
    daily_budget: _Budget = DAILY_BUDGET
    per_thread_per_hour: _PerHour = PER_THREAD_PER_HOUR


class MailboxPatch(SealedModel):
    """A new `username` without a `password` keeps the password."""

    name: _Line = optional()
    address: Email = optional()
    smtp_host: _Host = optional()
    smtp_port: _Port = optional()
    security: SecurityField = optional()
    username: _Line | None = None
    password: _Password | None = None
    is_default: _Default = optional()
    daily_budget: _Budget = optional()
    per_thread_per_hour: _PerHour = optional()
    status: Annotated[
        MailboxStatus,
        Field(description="`paused`: what would leave by it waits until it is `active` again."),
    ] = optional()


class MailboxTest(StrictModel):
    to: Annotated[
        Email | None,
        Field(description="Who gets a mail; without it the mailbox only connects and signs in."),
    ] = None


class MailboxTestOut(StrictModel):
    """What came of it: `step` is where it went wrong, `message` what is wrong, in a sentence."""

    ok: bool
    step: Step | None
    message: str
    sent_to: str | None
