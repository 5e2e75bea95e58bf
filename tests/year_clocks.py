"""The clocks of what is reviewed, answered, verified, confirmed and visited, as the words of the rules say, apart from
the code: by when each is due, of what people are reminded, and after how many working days it goes up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.domain.calendar import Nation
from tests.working_days import DAY, working_days_after

NEVER = 251
"""Every so many working days, which is never: people are reminded for 250."""
REVIEW, RESPONSE, VERIFICATION = "review of an intervention", "response to a finding", "verification of a finding"
CONFIRMATION, POLICY, VISIT, NOTICE = "confirmation", "policy review", "next visit", "notice of a failed plan"
COMMENT, DECISION = "comment on a credit", "decision on a credit"
KINDS = (REVIEW, RESPONSE, VERIFICATION, CONFIRMATION, POLICY, COMMENT)
"""What people enter and settle; the rest follows."""
REMINDERS = {
    REVIEW: ((2, 0), 5),
    RESPONSE: ((2, 0), 2),
    VERIFICATION: ((2, 0), 2),
    CONFIRMATION: ((1, 0), 2),
    POLICY: ((20, 5, 0), 5),
    COMMENT: ((1, 0), NEVER),
    DECISION: ((1, 0), 2),
    VISIT: ((20, 10, 0), 10),
    NOTICE: ((10, 5, 1, 0), 2),
}
"""The working days before the day on which people are reminded, and every how many of them when it is late."""
THEIRS = (RESPONSE, COMMENT)
"""Of what the partner is reminded."""
GOES_UP = {
    RESPONSE: ("finding overdue", 2),
    VERIFICATION: ("duty missed", 1),
    CONFIRMATION: ("duty missed", 1),
    POLICY: ("duty missed", 1),
}
"""For which reason each goes up, and how many working days late."""
VERIFIED_WITHIN, CONFIRMED_WITHIN, COMMENTED_WITHIN, CREDIT_DECIDED_WITHIN = 5, 5, 5, 5
"""Working days."""
NOTICE_WITHIN = 30
"""Calendar days that the law gives for the notice (UK9) of a plan that failed."""


@dataclass(frozen=True)
class Clock:
    """One of the kinds: the day on which its clock begins, which for a review or a response is the day it is due, and
    the day on which somebody settles it, if anybody does."""

    kind: str
    name: str
    begins: date
    met: date | None

    def open(self, today: date, nation: Nation) -> Iterator[tuple[str, str, date]]:
        """What is due of it today: of which kind, its name and its day."""
        is_met = self.met is not None and self.met <= today
        if self.kind == REVIEW and self.met is not None and is_met:
            yield REVIEW, self.name, a_month_after(self.met)
        elif self.kind == COMMENT and not is_met:
            comment_by = working_days_after(self.begins, COMMENTED_WITHIN, nation)
            if today <= comment_by:
                yield COMMENT, self.name, comment_by
            else:
                yield DECISION, self.name, working_days_after(comment_by, CREDIT_DECIDED_WITHIN, nation)
        elif not is_met:
            within = {VERIFICATION: VERIFIED_WITHIN, CONFIRMATION: CONFIRMED_WITHIN}.get(self.kind, 0)
            yield self.kind, self.name, working_days_after(self.begins, within, nation)


def a_month_after(day: date) -> date:
    """The same day of the next month, or its last day where it is shorter."""
    first = (day.replace(day=1) + 31 * DAY).replace(day=1)
    after = (first + 31 * DAY).replace(day=1) - DAY
    return after if after.day < day.day else first.replace(day=day.day)
