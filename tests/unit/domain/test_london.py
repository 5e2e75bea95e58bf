"""The day at an instant: in London, and where a person is."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.london import Days, days_at

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)
MONDAY, TUESDAY = date(2027, 1, 4), date(2027, 1, 5)


@pytest.mark.parametrize(
    ("instant", "zone", "days"),
    [
        (NOON, "Pacific/Auckland", Days(MONDAY, TUESDAY)),
        (NOON.replace(hour=2), "America/New_York", Days(MONDAY, date(2027, 1, 3))),
        (NOON, "Europe/London", Days(MONDAY, MONDAY)),
        (NOON, "", Days(MONDAY, MONDAY)),
        (NOON, "Nowhere/At_All", Days(MONDAY, MONDAY)),
        (NOON, "../../etc/passwd", Days(MONDAY, MONDAY)),
        (NOON, "/etc/hosts", Days(MONDAY, MONDAY)),
    ],
)
def test_the_days_at_an_instant(instant: datetime, zone: str, days: Days) -> None:
    assert days_at(instant, zone) == days
    assert days.differ == (days.own != days.london)
    assert (days.first, days.last) == tuple(sorted((days.london, days.own)))
