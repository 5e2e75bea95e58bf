"""What a partner sees of a contract: a projection of its own, which has no internal field that could slip through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action, ContractFacts, counting
from bot.models import Audience, Contract, Person, Role, RoleName
from bot.services.contracts import register
from bot.services.contracts.due_items import DueItem, due_items
from bot.services.progress.kpi_lines import KpiLine, kpi_lines
from bot.services.work import Act


@dataclass(frozen=True)
class PartnerCard:
    """A contract as both sides know it: no tier, options, risks, contacts or reasons."""

    reference: str
    title: str
    partner: str
    purpose: str
    start: date
    end: date
    managers: Sequence[str]
    contacts: Sequence[str]
    kpis: Sequence[KpiLine]
    due: Sequence[DueItem]
    sample: bool


def partner_card(act: Act, typed: str) -> PartnerCard:
    """The page of a contract for its partner. NoSuchContract, SeveralContracts, Denied."""
    facts = register.contract_for(act, typed, Action.SEE, Audience.SHARED)
    contract = act.session.get_one(Contract, facts.id)
    return PartnerCard(
        reference=contract.reference,
        title=contract.title,
        partner=facts.partner,
        purpose=contract.purpose,
        start=contract.start_date,
        end=contract.end_date,
        managers=_in_role(act, contract.id, RoleName.CONTRACT_MANAGER),
        contacts=_in_role(act, contract.id, RoleName.PARTNER_CONTACT),
        kpis=kpi_lines(act, contract.id, inside=False),
        due=due_items(act, contract, Audience.SHARED),
        sample=contract.sample,
    )


def partner_contracts(act: Act) -> Sequence[ContractFacts]:
    """The contracts of which the actor may see the partner's side, by reference."""
    return act.contracts_open_to(Action.SEE, Audience.SHARED)


def _in_role(act: Act, contract_id: int, role: RoleName) -> Sequence[str]:
    return act.session.scalars(
        select(col(Person.name))
        .join(Role, col(Role.person_id) == col(Person.id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(col(Contract.id) == contract_id, col(Role.role) == role, counting())
        .order_by(col(Person.name))
    ).all()
