"""Connections to Slack on the wire."""

from typing import Annotated

from pydantic import Field

from looplane.kit.paging import PageQuery, page_of
from looplane.kit.schema import StrictModel, Text, Timestamp, matching, optional

_CHANNEL = "[#A-Za-z0-9_.-]{1,100}"
Channel = Annotated[
    Text,
    Field(
        description="The id of a channel, such as C024BE91L, in which the app is a member.",
        json_schema_extra={"pattern": f"^{_CHANNEL}$"},
    ),
    matching(_CHANNEL, "must be the id of a channel such as C024BE91L"),
]
_TOKEN = "xox[a-z]-[A-Za-z0-9-]{10,500}"  # noqa: S105  # what one looks like
Token = Annotated[
    Text,
    Field(
        description="The token of a bot, which starts with xoxb-. It is never shown again.",
        json_schema_extra={"pattern": f"^{_TOKEN}$"},
    ),
    matching(_TOKEN, "must be a token of Slack, which starts with xoxb-"),
]


class SlackConnectionOut(StrictModel):
    id: str
    notification_channel: Annotated[
        str | None, Field(description="Where the team is told of things.")
    ]
    announcement_channel: Annotated[
        str | None, Field(description="Where broadcasts of changelogs are posted.")
    ]
    created_at: Timestamp
    updated_at: Timestamp


SlackConnectionPage = page_of(SlackConnectionOut)


class SlackConnectionCreate(StrictModel):
    token: Token
    notification_channel: Channel | None = None
    announcement_channel: Channel | None = None


class SlackConnectionPatch(StrictModel):
    token: Token = optional()
    notification_channel: Channel | None = None
    announcement_channel: Channel | None = None


class SlackConnectionQuery(PageQuery):
    """A list with no filter; the name makes its cursors its own."""


class SlackTest(StrictModel):
    """What is to be tried."""

    channel: Channel | None = Field(
        default=None, description="Where to post a line, as well. Without one nothing is posted."
    )


class SlackTestOut(StrictModel):
    ok: bool
    team: Annotated[str | None, Field(description="Slack's name of the workspace there.")]
    bot: Annotated[str | None, Field(description="By which name the app writes.")]
    reason: Annotated[str | None, Field(description="What is wrong, and what helps.")]
