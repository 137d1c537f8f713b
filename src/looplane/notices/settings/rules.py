"""When somebody is left alone, and what they chose. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, available_timezones

from looplane.notices.schemas import NoticeChannel, Reason
from looplane.notices.settings.schemas import WEEKDAYS

Default = Literal["on", "off", "never"]
REASONS: tuple[Reason, ...] = get_args(Reason)
CHANNELS: tuple[NoticeChannel, ...] = get_args(NoticeChannel)

_DAY = timedelta(days=1)
# Names in the database of zones that are no zones.
_NO_ZONES = {"Factory", "localtime", "posixrules"}


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - _NO_ZONES)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A span of the day, by the clock on the wall, that begins on these days of the week."""

    start: time
    end: time
    zone: ZoneInfo
    days: frozenset[int]  # 0 is a Monday

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "QuietHours | None":
        """What is stored; None where nothing is, or in a zone that is not known any more."""
        if stored is None or not is_zone(stored["time_zone"]):
            return None
        start, end = (time.fromisoformat(stored[name]) for name in ("from", "to"))
        days = frozenset(WEEKDAYS.index(each) for each in stored["days"])
        return cls(start, end, ZoneInfo(stored["time_zone"]), days)

    def ended(self, now: datetime) -> datetime:
        """`now`, or when it is no longer quiet: the end of a span may lie in the next one."""
        moment = now
        # Of seven whole days there is one that is not quiet.
        for _ in range(len(WEEKDAYS) + 1):
            within = [end for start, end in self._spans(moment) if start <= moment < end]
            if not within:
                return moment
            moment = max(within)
        return moment

    def _spans(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Those that may hold a moment: of yesterday and of today, where that is."""
        today = moment.astimezone(self.zone).date()
        for day in (today - _DAY, today):
            if day.weekday() in self.days:
                end_day = day if self.end > self.start else day + _DAY
                yield min(self._moments(day, self.start)), max(self._moments(end_day, self.end))

    def _moments(self, day: date, wall: time) -> list[datetime]:
        """When clocks there show that time: twice, or never, on a day on which they are changed.

        Of two both are answered; of none, what it would be by the time before and after.
        """
        shown = datetime.combine(day, wall, self.zone)
        return [shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]


def is_zone(name: str) -> bool:
    """Whether there is such a time zone."""
    return name in _zones()


def quiet_faults(sent: Mapping[str, Any] | None) -> list[str]:
    """What is wrong with quiet hours."""
    if sent is None:
        return []
    faults = []
    if not is_zone(sent["time_zone"]):
        faults.append("quiet_hours.time_zone: must be a name of IANA such as Europe/Berlin")
    if sent["from"] == sent["to"] and {*sent["days"]} == {*WEEKDAYS}:
        faults.append("quiet_hours.days: must leave a day, where whole days are quiet")
    return faults


def stored_quiet_hours(sent: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Quiet hours as they are kept: each day once, in the order of the week."""
    if sent is None:
        return None
    return {**sent, "days": [each for each in WEEKDAYS if each in sent["days"]]}


# By what a member is told while they choose nothing else. `never` is not theirs to choose: nobody
# is told by mail that mail is down.
DEFAULTS: Mapping[Reason, tuple[Default, Default, Default]] = {
    "mentioned": ("on", "on", "off"),
    "assigned": ("on", "on", "off"),
    "delivery_dead": ("on", "on", "off"),
    "reply": ("on", "on", "off"),
    "comment": ("on", "off", "off"),
    "snooze_ended": ("on", "off", "off"),
    "new_thread": ("on", "off", "off"),
    "mailbox_down": ("on", "never", "on"),
    "webhook_disabled": ("on", "on", "off"),
    "webhook_paused": ("on", "on", "off"),
    "asked": ("on", "on", "off"),
}


def default_of(reason: Reason, channel: NoticeChannel) -> Default:
    """Whether one is told so for this reason, while one chooses nothing else."""
    return DEFAULTS[reason][CHANNELS.index(channel)]


def chosen(channels: Mapping[str, Mapping[str, bool]], reason: Reason) -> frozenset[NoticeChannel]:
    """By what a member is told for a reason, who chose these `channels`."""
    own = channels.get(reason, {})
    return frozenset(
        each
        for each in CHANNELS
        if (default := default_of(reason, each)) != "never" and own.get(each, default == "on")
    )


def channel_faults(sent: Mapping[str, Mapping[str, bool]]) -> list[str]:
    """What is wrong with channels that a member chooses."""
    return [
        f"channels.{reason}.{channel}: nobody is told of this so"
        for reason in REASONS
        for channel in CHANNELS
        if sent.get(reason, {}).get(channel) and default_of(reason, channel) == "never"
    ]


def merged_channels(
    before: Mapping[str, Mapping[str, bool]], sent: Mapping[str, Mapping[str, bool]]
) -> dict[str, dict[str, bool]]:
    """What a member has chosen otherwise than it is for everybody, after a choice."""
    merged: dict[str, dict[str, bool]] = {}
    for reason in REASONS:
        own = {**before.get(reason, {}), **sent.get(reason, {})}
        differing: dict[str, bool] = {
            channel: own[channel]
            for channel in CHANNELS
            if channel in own and own[channel] != (default_of(reason, channel) == "on")
        }
        if differing:
            merged[reason] = differing
    return merged
