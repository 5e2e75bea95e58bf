"""Telling the senior owner of a contract that a month varies from its profile by more than 10%: once for each month."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from bot.delivery.outbox import OutgoingMessage
from bot.domain.london import london, london_instant
from bot.domain.periods import Month
from bot.models import Audience, Contract, RoleName, Spend
from bot.scopes import EVERYWHERE, ContractScope
from bot.services import occurrences
from bot.services.lookup import contracts as contract_lookup
from bot.services.money import months
from bot.services.money.spend_entry import MonthCard
from bot.services.reminders.reminders import AT_HOUR
from bot.services.unit_of_work import UnitOfWork

RULE = "variance"
TOLD = (RoleName.SENIOR_OWNER, RoleName.HEAD)


def variances_to_tell(work: UnitOfWork) -> Sequence[int]:
    """The ids of the months of which nobody was told, on contracts where it is working time."""
    if london(work.now).hour < AT_HOUR:
        return []
    found = [line.row for line in months.varying(work.session, EVERYWHERE, work.today) if _is_told(line) and line.row]
    ids = {row.contract_id for row in found}
    nations = select(col(Contract.id), col(Contract.nation)).where(col(Contract.id).in_(ids))
    of_contract = dict(work.session.execute(nations).all()) if ids else {}
    told = occurrences.claimed(work, RULE, london_instant(Month.of(work.today - months.RECENT).start, 0))
    return [
        row.id
        for row in found
        if str(row.id) not in told and work.calendar.of(of_contract[row.contract_id]).is_working_time(work.now)
    ]


def tell(work: UnitOfWork, spend_id: int) -> int:
    """Tell the senior owner of a month, unless another worker did or it does not vary so much any more. Returns how
    many people were told."""
    lines = months.varying(work.session, ContractScope(col(Spend.id) == spend_id), work.today)
    line = next((each for each in lines if _is_told(each)), None)
    if line is None or not occurrences.claim(work, RULE, str(spend_id), london_instant(line.month.start, 0)):
        return 0
    contract_id = work.session.get_one(Spend, spend_id).contract_id
    owner = contract_lookup.person_in_role(work.session, contract_id, work.today, *TOLD)
    if owner is None:
        return 0
    card = MonthCard(contract_lookup.contract_facts(work.session, contract_id), line)
    message = work.messages.message("money/varies", card=card)
    key, why = f"variance-{spend_id}", "a month varies from its profile"
    work.enqueue(OutgoingMessage(key, owner.slack, Audience.INTERNAL, message, why, contract_id))
    return 1


def _is_told(line: months.SpendLine) -> bool:
    return line.variance is not None and line.variance.is_told
