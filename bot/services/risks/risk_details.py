"""What is said of a risk beside its likelihood and impact: category, controls, target, and when it could happen."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Impact, Likelihood
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.models import Risk
from bot.services.texts import optional_text
from bot.services.work import Work


class DayIsPast(UserError):
    """A risk could only have happened on the day that was given."""

    def __init__(self, on: date) -> None:
        super().__init__(
            f"{format_date(on)} is past. Give the day when the risk could happen, or leave it out.", field="proximity"
        )


@dataclass(frozen=True)
class RiskDetails:
    """`target` is the likelihood and impact that is aimed at, `proximity` the day when it could happen."""

    category: RiskCategory = RiskCategory.OPERATIONS
    controls: str = ""
    target: tuple[Likelihood, Impact] | None = None
    proximity: date | None = None


NOTHING_MORE = RiskDetails()


def detail_columns(work: Work, details: RiskDetails, *, before: Risk | None) -> dict[str, Any]:
    """The details as columns of a risk. DayIsPast, unless the risk has that day already; texts that cannot be kept."""
    on = details.proximity
    if on is not None and on < work.today and (before is None or before.proximity_on != on):
        raise DayIsPast(on)
    likelihood, impact = details.target or (None, None)
    return {
        "category": details.category,
        "controls": optional_text(details.controls, what="the controls", at_most=1000, field="controls"),
        "target_likelihood": likelihood and int(likelihood),
        "target_impact": impact and int(impact),
        "proximity_on": on,
    }
