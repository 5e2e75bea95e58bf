"""Proposals of service credits: what the accepted figures of a contract earn, told to its manager, who decides.

Nothing is sent to a partner or deducted here. What was deducted or waived stays as it is: a corrected figure makes a
further part of its month.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef
from bot.delivery.outbox import OutgoingMessage
from bot.domain.credit_cycle import CREDIT, CreditNews, CreditState
from bot.domain.credits import NOTHING, MonthlyCredit, year_of
from bot.domain.periods import Month
from bot.domain.wording import format_money
from bot.models import Audience, CreditTermsRow, RoleName, ServiceCredit
from bot.services.lookup import contracts as contract_lookup
from bot.services.money.credits import card_of
from bot.services.money.worth import YearTotal, credits_of
from bot.services.unit_of_work import UnitOfWork

MANAGERS = (RoleName.CONTRACT_MANAGER, RoleName.HEAD)
TOLD_OF_CAP = (RoleName.CONTRACT_MANAGER, RoleName.HEAD, RoleName.SENIOR_OWNER)
Parts = Mapping[Month, Sequence[ServiceCredit]]


def propose(work: UnitOfWork, contract: ContractRef) -> None:
    """Propose what the accepted figures of a contract earn and is not proposed yet, and tell its manager of each credit
    that is new or worth another sum than before."""
    terms = select(CreditTermsRow).where(col(CreditTermsRow.contract_id) == contract.id).with_for_update()
    if work.session.scalar(terms) is None:
        return
    worked = credits_of(work.session, contract.id)
    if worked is None:
        return
    parts = _parts(work, contract)
    before = _worth_before(parts)
    for month, credit in worked.months.items():
        _propose(work, contract, credit, parts.get(month, ()))
    work.session.flush()
    for year in {year_of(month) for month in worked.months}:
        _alert(work, contract, worked.of_year(year), before.get(year, NOTHING))


def _parts(work: UnitOfWork, contract: ContractRef) -> Parts:
    found: dict[Month, list[ServiceCredit]] = defaultdict(list)
    rows = select(ServiceCredit).where(col(ServiceCredit.contract_id) == contract.id).order_by(col(ServiceCredit.part))
    for row in work.session.scalars(rows):
        found[Month.parse(row.period)].append(row)
    return found


def _worth_before(parts: Parts) -> dict[int, Decimal]:
    """What each financial year was worth when people were last told."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for month, rows in parts.items():
        known = (row.worth if row.state in CREDIT.open_states else row.amount for row in rows)
        found[year_of(month)] += sum(known, NOTHING)
    return found


def _propose(work: UnitOfWork, contract: ContractRef, credit: MonthlyCredit, parts: Sequence[ServiceCredit]) -> None:
    """Bring the open part of a month up to date, or add one for what its settled parts leave."""
    waits = next((row for row in parts if row.state in CREDIT.open_states), None)
    worth = credit.amount - sum((row.amount for row in parts if row is not waits), NOTHING)
    if waits is None:
        if worth or (credit.waits_for_charges and not parts):
            _add(work, contract, credit.month, worth, part=len(parts) + 1)
    elif worth != waits.worth:
        was, waits.worth = waits.worth, worth
        if waits.state is CreditState.PROPOSED:
            waits.amount = worth
        made = {"worth": [format_money(was), format_money(worth)]}
        work.record("credit worked out again", subject_of(contract, waits), contract_id=contract.id, changes=made)
        work.session.flush()
        _tell(work, contract, waits, CreditNews.CHANGED)


def _add(work: UnitOfWork, contract: ContractRef, month: Month, worth: Decimal, *, part: int) -> None:
    row = ServiceCredit(
        contract_id=contract.id, period=month.key, part=part, amount=worth, worth=worth, proposed_on=work.today
    )
    work.add(row)
    made = {"amount": ["nothing", format_money(worth)]}
    work.record("credit proposed", subject_of(contract, row), contract_id=contract.id, changes=made)
    _tell(work, contract, row, CreditNews.PROPOSED)


def _tell(work: UnitOfWork, contract: ContractRef, row: ServiceCredit, news: CreditNews) -> None:
    manager = contract_lookup.person_in_role(work.session, contract.id, work.today, *MANAGERS)
    if manager is None:
        return
    message = work.messages.message("money/credit", card=card_of(work, row, contract, inside=True), news=news)
    key, why = work.next_key(f"credit-{row.id}-{news.name.lower()}"), "accepted figures earn a service credit"
    work.enqueue(OutgoingMessage(key, manager.slack, Audience.INTERNAL, message, why, contract.id))


def _alert(work: UnitOfWork, contract: ContractRef, year: YearTotal, before: Decimal) -> None:
    """Tell of a year that has reached a further share of its cap."""
    reached = year.alert(before)
    if reached is None:
        return
    message = work.messages.message("money/cap", contract=contract, year=year, reached=reached)
    people = contract_lookup.people_in_roles(work.session, contract.id, work.today, TOLD_OF_CAP)
    for slack in dict.fromkeys(person.slack for person in people.values()):
        key = work.next_key(f"credit-cap-{contract.id}-{year.year}")
        why = "service credits have reached a share of their cap"
        work.enqueue(OutgoingMessage(key, slack, Audience.INTERNAL, message, why, contract.id))


def subject_of(contract: ContractRef, row: ServiceCredit) -> str:
    """What the audit trail calls a credit."""
    part = f", part {row.part}" if row.part > 1 else ""
    return f"{contract.reference}, credit for {Month.parse(row.period)}{part}"
