"""What a member wants to be told, and when, on the wire."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from looplane.kit.schema import StrictModel, Text, Timestamp, at_most_items, matching, optional

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
_MAX_ZONE_LENGTH = 64  # characters
_TIME_OF_DAY = "([01][0-9]|2[0-3]):[0-5][0-9]"
_TimeOfDay = Annotated[
    Text,
    Field(json_schema_extra={"pattern": f"^{_TIME_OF_DAY}$"}),
    matching(_TIME_OF_DAY, "must be a time of day such as 22:00"),
]


class QuietHoursOut(StrictModel):
    """When mail and Slack wait; what the inbox shows does not.

    From a time of day on to the next time that it is `to`: the same time is a whole day.
    """

    from_: Annotated[str, Field(alias="from")]
    to: str
    time_zone: Annotated[str, Field(description="A name of IANA, such as `Europe/Berlin`.")]
    days: Annotated[list[Weekday], Field(description="On which they begin.")]


class QuietHours(StrictModel):
    from_: Annotated[_TimeOfDay, Field(alias="from")]
    to: _TimeOfDay
    time_zone: Annotated[Text, Field(min_length=1, max_length=_MAX_ZONE_LENGTH)]
    days: Annotated[list[Weekday], at_most_items(len(WEEKDAYS)), Field(min_length=1)]


class ChannelsOut(StrictModel):
    """By what one is told for a reason."""

    in_app: bool
    email: bool
    slack: bool


class ChannelsPatch(StrictModel):
    in_app: bool = optional()
    email: bool = optional()
    slack: bool = optional()


class ReasonsOut(StrictModel):
    """By what one is told, by reason."""

    mentioned: ChannelsOut
    assigned: ChannelsOut
    delivery_dead: ChannelsOut
    reply: ChannelsOut
    comment: ChannelsOut
    snooze_ended: ChannelsOut
    new_thread: ChannelsOut
    mailbox_down: ChannelsOut
    webhook_disabled: ChannelsOut
    webhook_paused: ChannelsOut
    asked: ChannelsOut


class ReasonsPatch(StrictModel):
    mentioned: ChannelsPatch = optional()
    assigned: ChannelsPatch = optional()
    delivery_dead: ChannelsPatch = optional()
    reply: ChannelsPatch = optional()
    comment: ChannelsPatch = optional()
    snooze_ended: ChannelsPatch = optional()
    new_thread: ChannelsPatch = optional()
    mailbox_down: ChannelsPatch = optional()
    webhook_disabled: ChannelsPatch = optional()
    webhook_paused: ChannelsPatch = optional()
    asked: ChannelsPatch = optional()


class NoticeSettingsOut(StrictModel):
    watches_new_threads: bool
    channels: ReasonsOut
    quiet_hours: QuietHoursOut | None
    updated_at: Annotated[Timestamp | None, Field(description="Null while nothing was changed.")]


class NoticeSettingsPatch(StrictModel):
    watches_new_threads: bool = optional(
        "Whether you are told of new threads that are nobody's, and of those by `notify`."
    )
    channels: ReasonsPatch = optional("What is left out stays as it is.")
    quiet_hours: QuietHours | None = Field(None, description="Null ends them.")
