"""The next contact with the partner of each contract in delivery.

It is so many days after the last one; without one, after the start, or after the day it came into the register.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.access import Permission
from bot.domain.due_kinds import DueKind
from bot.domain.reminders import CONTACT_WITHIN, CONTACT_WITHIN_ELSE, ReminderRule
from bot.domain.stages import TALKED_WITH
from bot.models import Audience, Contact, Contract
from bot.scopes import ContractScope, built_once
from bot.services.due.selection import Column, Selection, on_the_later, parameters
from bot.services.due.source import DueForm, DueItem, DueSource
from bot.services.lookup.contact_entries import is_current
from bot.services.unit_of_work import UnitOfWork


@built_once
def _statements(contracts: ColumnElement[bool], which: Selection, today: date) -> Sequence[Select[int, str, str, date]]:
    """Where the partner was spoken with, the last time; and elsewhere the day from which it counts."""
    later = aliased(Contact)
    last = and_(
        is_current(),
        not_(
            exists().where(
                col(later.contract_id) == col(Contact.contract_id),
                col(later.happened_on) > col(Contact.happened_on),
                col(later.withdrawn).is_(False),
            )
        ),
    )
    talked = and_(contracts, col(Contract.stage).in_(TALKED_WITH), col(Contract.end_date) >= today)
    started, known = col(Contract.start_date), col(Contract.registered_on)
    begins = case((started >= known, started), else_=known)
    columns = (col(Contract.id), col(Contract.public_id), col(Contract.tier))
    spoken = (
        select(*columns, col(Contact.happened_on))
        .join(Contact, col(Contact.contract_id) == col(Contract.id))
        .where(talked, last, _within_tier(which, col(Contact.happened_on)))
        .distinct()
    )
    never = (
        select(*columns, begins)
        .where(talked, ~exists().where(col(Contact.contract_id) == col(Contract.id)))
        .where(on_the_later(started, known, partial(_within_tier, which)))
    )
    return spoken, never


def _find(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    return [
        DueItem(
            kind=DueKind.CONTACT,
            subject_id=contract_id,
            contract_id=contract_id,
            what="Speak with the partner",
            due_on=since + timedelta(days=_days_without(tier)),
            key=key,
            audience=Audience.INTERNAL,
        )
        for statement in _statements(scope.contracts, which, work.today)
        for contract_id, key, tier, since in work.session.execute(statement, parameters(scope, which))
    ]


def _within_tier(which: Selection, since: Column) -> ColumnElement[bool]:
    tier = func.lower(col(Contract.tier))
    tiers = (
        and_(tier == name, which.of(col(Contract.id), col(Contract.id), since, days))
        for name, days in CONTACT_WITHIN.items()
    )
    others = and_(tier.not_in(CONTACT_WITHIN), which.of(col(Contract.id), col(Contract.id), since, CONTACT_WITHIN_ELSE))
    return or_(*tiers, others)


def _days_without(tier: str) -> int:
    return CONTACT_WITHIN.get(tier.lower(), CONTACT_WITHIN_ELSE)


CONTACTS = DueSource(
    kind=DueKind.CONTACT,
    find=_find,
    rule=ReminderRule((0,), late_every=5),
    audience=Audience.INTERNAL,
    is_personal=True,
    form=DueForm("contact_open", "Log a contact", (Permission.LOG_CONTACT,)),
)
