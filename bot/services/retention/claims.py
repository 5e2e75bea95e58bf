"""Which occurrences may go. One is what makes something happen once, so it goes only when its due instant cannot be
claimed again: each rule says here until when it can be."""

from collections.abc import Mapping, Sequence
from enum import Enum

from sqlalchemy import ColumnElement, String, and_, cast, delete, exists, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.domain.london import london_instant
from bot.domain.retention import Retention, years_before
from bot.models import Occurrence, Report
from bot.services.contracts import contract_channels, welcomes
from bot.services.digest import monthly, posting
from bot.services.escalations import choices, escalation_run
from bot.services.health import not_arrived, published_days
from bot.services.holidays import moved_days
from bot.services.pages import home
from bot.services.people import accounts
from bot.services.progress import prompting
from bot.services.remedies import proposal_messages
from bot.services.reminders import lapsed, reminders, variances
from bot.services.trail import noting
from bot.services.unit_of_work import UnitOfWork


class Until(Enum):
    """Until when the occurrences of a rule are needed."""

    LOOKED_BACK = "its job looks back a quarter at most, and to the first day of that month"
    NEWEST = "the newest of each subject is read, within the years for which records are kept"
    ANSWERED = "the report is asked for until it comes"
    ALWAYS = "the same may be asked again at any time"


RULES: Mapping[str, Until] = {
    accounts.USERS_LISTED: Until.LOOKED_BACK,
    choices.CHASE: Until.LOOKED_BACK,
    contract_channels.TOLD: Until.ALWAYS,
    # What is late may be late again, after more time was agreed, and since when it waits is as before.
    escalation_run.RULE: Until.NEWEST,
    home.RULE: Until.LOOKED_BACK,
    lapsed.RULE: Until.LOOKED_BACK,
    monthly.RULE: Until.LOOKED_BACK,
    moved_days.RULE: Until.LOOKED_BACK,
    not_arrived.RULE: Until.ANSWERED,
    noting.RULE: Until.LOOKED_BACK,
    posting.RULE: Until.LOOKED_BACK,
    prompting.RULE: Until.ANSWERED,
    proposal_messages.LOOKED: Until.LOOKED_BACK,
    # Told once, for ever: the reason stands until the next accepted report, which has a later instant.
    proposal_messages.PROPOSED: Until.NEWEST,
    published_days.RULE: Until.ALWAYS,
    reminders.PERSON_RULE: Until.LOOKED_BACK,
    reminders.RULE: Until.NEWEST,
    variances.RULE: Until.LOOKED_BACK,
    welcomes.RULE: Until.LOOKED_BACK,
}


def find(work: UnitOfWork, kept: Retention, most: int) -> Sequence[int]:
    """The ids of occurrences that may go, at most so many: due and claimed long ago, and not needed."""
    before = work.now - kept.occurrences_for
    found = select(col(Occurrence.id)).where(
        col(Occurrence.due_at) <= before, col(Occurrence.claimed_at) <= before, _is_over(work, kept)
    )
    return work.session.scalars(found.limit(most)).all()


def remove(work: UnitOfWork, ids: Sequence[int]) -> None:
    """Remove these occurrences."""
    work.session.execute(delete(Occurrence).where(col(Occurrence.id).in_(ids)))


def _is_over(work: UnitOfWork, kept: Retention) -> ColumnElement[bool]:
    """The condition on an old occurrence that nothing reads it any more."""
    newer = aliased(Occurrence)
    is_newest = ~exists().where(
        col(newer.rule) == col(Occurrence.rule),
        col(newer.subject) == col(Occurrence.subject),
        col(newer.due_at) > col(Occurrence.due_at),
    )
    records_from = london_instant(years_before(work.today, kept.years), 0)
    awaited = exists().where(
        literal("report ") + cast(col(Report.id), String) == col(Occurrence.subject), col(Report.received_at).is_(None)
    )
    return or_(
        col(Occurrence.rule).in_(_of(Until.LOOKED_BACK)),
        and_(
            col(Occurrence.rule).in_(_of(Until.NEWEST)),
            or_(~is_newest, col(Occurrence.due_at) < records_from),
        ),
        and_(col(Occurrence.rule).in_(_of(Until.ANSWERED)), ~awaited),
    )


def _of(until: Until) -> list[str]:
    return [rule for rule, each in RULES.items() if each is until]
