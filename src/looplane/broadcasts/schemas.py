"""Broadcasts of changelogs on the wire."""

from typing import Annotated

from pydantic import Field, model_validator

from looplane.kit.schema import (
    MAX_NAME_LENGTH,
    Email,
    StrictModel,
    Text,
    Timestamp,
    matching,
)

# Characters.
MAX_MESSAGE_LENGTH = 10_000
# What stands in the head of a mail, where a line break would begin another header.
_LINE = r"[^\x00-\x1f\x7f]+"
Line = Annotated[
    str,
    Field(max_length=MAX_NAME_LENGTH, json_schema_extra={"pattern": f"^{_LINE}$"}),
    matching(_LINE, "must not be empty and must be one line without control characters"),
]
ByEmail = Annotated[bool, Field(description="Mails every contact that is subscribed.")]
ToSlack = Annotated[bool, Field(description="Posts to Slack.")]
Message = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=MAX_MESSAGE_LENGTH,
        description="Plain text that stands before the changelog.",
    ),
]
Subject = Annotated[Line, Field(description="Of the mail; the changelog's title otherwise.")]


class ChangelogBroadcastOut(StrictModel):
    id: str
    changelog_id: str
    email: bool
    slack: bool
    message: str | None
    subject: str | None
    sender_name: str | None
    from_email: str | None
    recipients: Annotated[
        int,
        Field(description="How many contacts were subscribed at this moment; 0 without `email`."),
    ]
    created_at: Timestamp


class ChangelogBroadcastCreate(StrictModel):
    """Where it goes: at least one of `email` and `slack` is true."""

    email: ByEmail = False
    slack: ToSlack = False
    message: Message | None = None
    subject: Subject | None = None
    sender_name: Line | None = None
    from_email: Email | None = None

    @model_validator(mode="after")
    def _goes_somewhere(self) -> "ChangelogBroadcastCreate":
        if not self.email and not self.slack:
            msg = "email: must be true, or slack must be"
            raise ValueError(msg)
        return self
