"""The page of a contract: its purpose, people, ratings, due items, risks and last contact."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission
from bot.domain.ratings import Rating, worst
from bot.domain.scores import Grade, order
from bot.models import (
    Audience,
    Contact,
    Contract,
    ExtensionOption,
    Person,
    Risk,
    RiskStatus,
    Role,
    RoleName,
)
from bot.services.contacts.contact_log import is_current
from bot.services.due.contract_due import DueItem, due_item, due_items
from bot.services.due.contract_duties import duties_of
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.risks import rules_in_force
from bot.services.progress.kpi_history import KpiLine, kpi_lines
from bot.services.unit_of_work import ActorContext

SOON = timedelta(days=90)  # a duty that is years away is left out


@dataclass(frozen=True)
class RiskOnPage:
    """A risk that is not closed; an issue is one that has happened. `grade` is None if it is not assessed."""

    risk: Risk
    grade: Grade | None


@dataclass(frozen=True)
class ContractPage:
    """The content of the page; `may_change` says whether the actor may decide on its options."""

    contract: Contract
    partner: str
    people: Mapping[RoleName, Sequence[Person]]
    options: Sequence[ExtensionOption]
    kpis: Sequence[KpiLine]
    due: Sequence[DueItem]
    risks: Sequence[RiskOnPage]
    last_contact: Contact | None
    last_contact_by: str
    may_change: bool = False

    @property
    def rating(self) -> Rating:
        """The worst rating of the last report."""
        return worst([line.last.rating for line in self.kpis if line.last])


def contract_page(ctx: ActorContext, typed: str) -> ContractPage:
    """The page of a contract that the actor may see. A constant number of queries.

    Raises `UserError`, `AmbiguousMatch` or `Denied`.
    """
    facts = contract_lookup.contract_for(ctx, typed, Permission.SEE)
    contract = ctx.session.get_one(Contract, facts.id)
    options = ctx.session.scalars(
        select(ExtensionOption)
        .where(col(ExtensionOption.contract_id) == contract.id)
        .order_by(col(ExtensionOption.decide_by))
    ).all()
    contact, author = _last_contact(ctx, contract.id)
    kpis = kpi_lines(ctx, contract.id, inside=True)
    decisions = [
        due_item(ctx, f"Decide: {option.name[:1].lower()}{option.name[1:]}", option.decide_by)
        for option in options
        if option.is_open
    ]
    duties = [
        due_item(ctx, duty.name, duty.due)
        for duty in duties_of(contract, len(kpis)).duties
        if duty.due and duty.due <= ctx.today + SOON and not duty.met
    ]
    return ContractPage(
        contract=contract,
        partner=facts.partner,
        people=_people(ctx, contract.id),
        options=options,
        kpis=kpis,
        due=due_items(ctx, contract, Audience.INTERNAL, [*decisions, *duties]),
        risks=_risks(ctx, contract.id),
        last_contact=contact,
        last_contact_by=author,
        may_change=ctx.may(Permission.CHANGE, facts),
    )


def _people(ctx: ActorContext, contract_id: int) -> dict[RoleName, list[Person]]:
    found: dict[RoleName, list[Person]] = defaultdict(list)
    rows = ctx.session.execute(
        select(col(Role.role), Person)
        .join(Person, col(Person.id) == col(Role.person_id))
        .where(col(Role.contract_id) == contract_id)
        .order_by(col(Person.name))
    )
    for role, person in rows:
        found[role].append(person)
    return {role: found[role] for role in RoleName if role in found}


def _risks(ctx: ActorContext, contract_id: int) -> list[RiskOnPage]:
    rows = ctx.session.scalars(
        select(Risk).where(col(Risk.contract_id) == contract_id, col(Risk.status) != RiskStatus.CLOSED)
    )
    rules = rules_in_force(ctx.session)
    lines = [RiskOnPage(risk, rules.grade_if_any(risk.likelihood, risk.impact)) for risk in rows]
    return sorted(lines, key=lambda line: (order(line.grade), line.risk.id))


def _last_contact(ctx: ActorContext, contract_id: int) -> tuple[Contact | None, str]:
    row = ctx.session.execute(
        select(Contact, col(Person.name))
        .join(Person, col(Person.id) == col(Contact.author_id))
        .where(col(Contact.contract_id) == contract_id, is_current())
        .order_by(col(Contact.happened_on).desc(), col(Contact.id).desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else (None, "")
