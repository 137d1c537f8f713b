"""When somebody is left alone: by the clock on their wall, over midnight, and when it is changed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from looplane.notices.settings.rules import QuietHours, is_zone, quiet_faults, stored_quiet_hours
from looplane.notices.settings.schemas import WEEKDAYS

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def quiet(start: str, end: str, zone: str = BERLIN, days: str = "*") -> QuietHours:
    named = [*WEEKDAYS] if days == "*" else [each for each in WEEKDAYS if each[:2] in days.split()]
    stored = {"from": start, "to": end, "time_zone": zone, "days": named}
    found = QuietHours.of(stored)
    assert found is not None
    return found


def at(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


# 2026-01-31 is a Saturday.
ENDS = [
    (quiet("22:00", "07:00"), "2026-01-31T21:59", None),
    (quiet("22:00", "07:00"), "2026-01-31T22:00", "2026-02-01T07:00"),
    (quiet("22:00", "07:00"), "2026-02-01T00:00", "2026-02-01T07:00"),
    (quiet("22:00", "07:00"), "2026-02-01T06:59", "2026-02-01T07:00"),
    (quiet("22:00", "07:00"), "2026-02-01T07:00", None),
    (quiet("12:00", "13:00"), "2026-01-31T12:30", "2026-01-31T13:00"),
    (quiet("12:00", "13:00"), "2026-01-31T13:30", None),
    # The day on which they begin counts, also after midnight.
    (quiet("22:00", "07:00", days="sa"), "2026-02-01T03:00", "2026-02-01T07:00"),
    (quiet("22:00", "07:00", days="su"), "2026-02-01T03:00", None),
    (quiet("22:00", "07:00", days="mo"), "2026-01-31T23:00", None),
    # Whole days, one after the other.
    (quiet("00:00", "00:00", days="sa su"), "2026-01-31T10:00", "2026-02-02T00:00"),
    (quiet("18:00", "18:00", days="fr sa su"), "2026-01-30T19:00", "2026-02-02T18:00"),
    # In spring the clock goes from 2:00 to 3:00 on 2026-03-29.
    (quiet("22:00", "07:00"), "2026-03-28T23:00", "2026-03-29T07:00"),
    (quiet("22:00", "02:30"), "2026-03-29T01:59", "2026-03-29T03:30"),
    # In autumn it is 2:00 to 3:00 twice on 2026-10-25; it is quiet in both.
    (quiet("22:00", "02:30"), "2026-10-25T01:00", "2026-10-25T02:30+fold"),
    (quiet("02:15", "02:45"), "2026-10-25T02:20", "2026-10-25T02:45+fold"),
]


@pytest.mark.parametrize(("hours", "moment", "end"), ENDS)
def test_it_is_quiet_until(hours: QuietHours, moment: str, end: str | None) -> None:
    now = at(moment)
    if end is None:
        assert hours.ended(now) == now
    else:
        folded = end.endswith("+fold")
        wanted = datetime.fromisoformat(end.removesuffix("+fold")).replace(
            tzinfo=ZoneInfo(BERLIN), fold=int(folded)
        )
        assert hours.ended(now) == wanted.astimezone(UTC)


def test_it_is_the_clock_of_the_member_that_counts() -> None:
    hours = quiet("22:00", "07:00", NEW_YORK)
    assert hours.ended(at("2026-01-31T23:00")) == at("2026-01-31T23:00")
    assert hours.ended(at("2026-02-01T09:00")) == at("2026-02-01T07:00", NEW_YORK)


_times = st.times().map(lambda each: each.strftime("%H:%M"))
_zones = st.sampled_from(
    [BERLIN, NEW_YORK, "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"]
)


@given(
    _times,
    _times,
    _zones,
    st.sets(st.sampled_from(WEEKDAYS), min_size=1, max_size=6),
    st.datetimes(datetime(2011, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  # made UTC below
)
def test_what_waits_leaves_when_it_is_no_longer_quiet(
    start: str, end: str, zone: str, days: set[str], moment: datetime
) -> None:
    stored = {"from": start, "to": end, "time_zone": zone, "days": [*days]}
    hours, now = QuietHours.of(stored), moment.replace(tzinfo=UTC)
    assert hours is not None
    later = hours.ended(now)
    assert now <= later <= now + timedelta(days=8)
    assert hours.ended(later) == later, "it is over then"
    if later > now:  # and not before
        assert hours.ended(later - timedelta(seconds=1)) == later or later - now < timedelta(
            seconds=1
        )


def test_what_is_no_span_is_refused() -> None:
    good: dict[str, Any] = {"from": "22:00", "to": "07:00", "time_zone": BERLIN, "days": ["monday"]}
    assert quiet_faults(None) == quiet_faults(good) == []
    for zone in ("Europe/Nowhere", "Factory", "localtime", "../etc/passwd", "europe/berlin", "x\n"):
        assert [each.split(":")[0] for each in quiet_faults({**good, "time_zone": zone})] == [
            "quiet_hours.time_zone"
        ]
    always = {**good, "from": "07:00", "days": [*WEEKDAYS]}
    assert [each.split(":")[0] for each in quiet_faults(always)] == ["quiet_hours.days"]
    assert is_zone("UTC")


def test_a_zone_that_is_gone_leaves_nobody_waiting_for_ever() -> None:
    stored = {"from": "22:00", "to": "07:00", "time_zone": "Europe/Atlantis", "days": ["monday"]}
    assert QuietHours.of(stored) is None
    assert QuietHours.of(None) is None


def test_days_are_kept_once_and_in_order() -> None:
    sent = {"from": "22:00", "to": "07:00", "time_zone": BERLIN, "days": ["friday", "monday"] * 2}
    kept = stored_quiet_hours(sent)
    assert kept is not None
    assert kept["days"] == ["monday", "friday"]
