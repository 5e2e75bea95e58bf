"""For how long what grows with time is kept. docs/retention.md says the same in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

ANSWERS_FOR = timedelta(hours=24)
"""A receipt's answer. Slack delivers a request again within minutes, and who types it again does so within one."""
RECEIPTS_FOR = timedelta(days=7)
SUPERSEDED_FOR = timedelta(days=1)
"""A message as it was before it was updated in place."""
BLOCKS_FOR = timedelta(days=90)
"""The blocks and charts of a message that was sent or dropped, the pictures of charts, and a message that did not
arrive, before it is given up."""
FEWEST_DAYS = 126
"""The fewest days for which an occurrence is kept: some jobs look back a quarter, and to the beginning of its first
month (see bot.services.retention.claims)."""


@dataclass(frozen=True)
class Retention:
    """What an operator decides: the days for which occurrences and the figures of summaries are kept, the years after
    its end for which a contract is, and whether the job removes those that are past them."""

    occurrence_days: int = 180
    figures_days: int = 120
    years: int = 6
    applies: bool = False

    @property
    def occurrences_for(self) -> timedelta:
        """How long an occurrence is kept."""
        return timedelta(days=self.occurrence_days)

    @property
    def figures_for(self) -> timedelta:
        """How long the figures of a summary are kept."""
        return timedelta(days=self.figures_days)


NEVER_UPDATED: Mapping[str, str] = {
    "certificates/lapsed": "it tells of a day",
    "digest/detail": "the next summary follows",
    "digest/monthly": "the next summary follows",
    "digest/table": "the next summary follows",
    "digest/weekly": "the next summary follows",
    "holidays/moved": "it tells of a change",
    "liaison/not_arrived": "it tells of a day",
    "money/varies": "it tells of a month",
    "people/welcome": "it tells of a day",
    "reminders/reminder": "it is brought up to date for two weeks",
    "remedies/proposed": "it tells of a day",
}
"""The templates of messages that nothing updates once they are `BLOCKS_FOR` old, and why: these go as a whole."""


def years_before(day: date, years: int) -> date:
    """The same day so many years before; 28 February where that year has no 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
