"""The legal duties of a contract, from the facts in the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, literal, select
from sqlmodel import col

from bot.access import Permission
from bot.domain import duties
from bot.domain.calendar import months_before
from bot.domain.duties import Duty
from bot.domain.periods import Month
from bot.models import AgreementForm, Contract, Kpi
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.kpis import is_measured_in
from bot.services.unit_of_work import ActorContext, UnitOfWork

OF_A_GRANT = "This is a grant, so the duties of the Procurement Act 2023 do not apply to it."


@dataclass(frozen=True)
class ContractDuties:
    """A contract's duties in order of their due day, those that depend on an event last; or why it has none."""

    contract: Contract
    duties: Sequence[Duty]
    why_none: str | None


def contract_duties(ctx: ActorContext, typed: str) -> ContractDuties:
    """The duties of a contract that the actor may see. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    facts = contract_lookup.contract_for(ctx, typed, Permission.SEE)
    contract = ctx.session.get_one(Contract, facts.id)
    return duties_of(contract, _kpis(ctx, contract))


def duties_of_contract(work: UnitOfWork, contract: Contract) -> Sequence[Duty]:
    """The duties of a contract that somebody changes, in their order."""
    return duties_of(contract, _kpis(work, contract)).duties


def duties_of(contract: Contract, kpis: int) -> ContractDuties:
    """The duties of a contract with this number of KPIs."""
    if contract.form is AgreementForm.GRANT:
        return ContractDuties(contract, (), OF_A_GRANT)
    facts = _facts(contract, kpis)
    found = sorted(duties.duties(facts), key=lambda duty: (duty.due is None, duty.due or contract.start_date))
    return ContractDuties(contract, found, duties.outside_the_act(facts))


def has_act_duties(contract: Contract) -> bool:
    """Whether the Procurement Act 2023 puts duties on a contract."""
    return duties_of(contract, 0).why_none is None


def is_assessment(duty: Duty) -> bool:
    """Whether a duty is the yearly assessment, which is due by itself."""
    return duty.name == duties.ASSESSMENT


def assessment_due(contract: Contract, today: date) -> date | None:
    """The next day by which a contract's performance must be assessed: yearly after its start, and at its end; None if
    the law asks for no assessment."""
    facts = _facts(contract, duties.LEAST_KPIS)
    if contract.form is AgreementForm.GRANT or duties.outside_the_act(facts) or not facts.needs_kpis:
        return None
    years = max(today.year - contract.start_date.year, 1)
    days = (months_before(contract.start_date, -12 * year) for year in (years, years + 1))
    return min(next(day for day in days if day >= today), contract.end_date)


def _kpis(work: UnitOfWork, contract: Contract) -> int:
    measured = is_measured_in(literal(Month.of(work.today).key))
    here = select(func.count()).select_from(Kpi).where(col(Kpi.contract_id) == contract.id, measured)
    return work.session.scalar(here) or 0


def _facts(contract: Contract, kpis: int) -> duties.DutyFacts:
    return duties.DutyFacts(
        value=contract.value_with_vat_pounds or contract.value_pounds,  # as the Act estimates it, with VAT
        regime=contract.regime,
        supplies=contract.supplies,
        start=contract.start_date,
        end=contract.end_date,
        kpis=kpis,
        reasons_for_fewer=bool(contract.kpi_exemption),
        light_touch=contract.light_touch,
        framework=contract.form is AgreementForm.FRAMEWORK,
        concession=contract.form is AgreementForm.CONCESSION,
    )
