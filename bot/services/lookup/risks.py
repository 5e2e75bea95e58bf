"""Finding a risk by its reference, and the department's rules that grade it.

A person who may not see a risk gets the same answer as for a risk that does not exist.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlmodel import Session, col

from bot.access import ContractRef, Permission
from bot.db import by_key, locking, table
from bot.domain.references import number_of
from bot.domain.risk_rules import BandStarts, RiskCategory, RiskRules, check_rules
from bot.domain.scores import Band, Grade, Impact, Likelihood
from bot.domain.wording import format_date, quoted
from bot.errors import UserError
from bot.models import Contract, Person, Risk, RiskSettings, RiskStatus
from bot.policy import RegisterPermission
from bot.scopes import ContractScope, built_once
from bot.services import changes, edit_conflicts
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext, UnitOfWork

_ONE = 1  # the id of the only row
SUBJECT = "risk settings"
_SETTINGS = table(RiskSettings).select()  # of which there is one row at most


def rules_in_force(session: Session) -> RiskRules:
    """The rules that were set, or the defaults. One query."""
    row = session.connection().execute(_SETTINGS).first()
    if row is None:
        return RiskRules()
    days = (row.low_days, row.medium_days, row.high_days, row.very_high_days)
    return RiskRules(
        starts=BandStarts(row.medium_from, row.high_from, row.very_high_from),
        severe_at_least=row.severe_at_least,
        review_days=dict(zip(Band, days, strict=True)),
        appetite={RiskCategory(category): Band(most) for category, most in row.appetite.items()},
    )


def with_very_high_risks(work: UnitOfWork, scope: ContractScope) -> set[int]:
    """The ids of those contracts of a scope that have a very high open risk. Two queries."""
    grade = rules_in_force(work.session).grade
    points = ((one, other) for one in Likelihood for other in Impact if grade(one, other).band is Band.VERY_HIGH)
    return {*work.session.scalars(_with_open_risks(scope.contracts, tuple(points)), scope.values)}


@built_once
def _with_open_risks(contracts: ColumnElement[bool], points: tuple[tuple[Likelihood, Impact], ...]) -> Select[int]:
    at_points = or_(*(and_(col(Risk.likelihood) == one, col(Risk.impact) == other) for one, other in points))
    return (
        select(col(Risk.contract_id))
        .join(Contract, col(Contract.id) == col(Risk.contract_id))
        .where(contracts, col(Risk.status) != RiskStatus.CLOSED, at_points)
        .distinct()
    )


def rules_to_change(ctx: ActorContext) -> RiskRules:
    """The rules in force, for an administrator to change. Raises `Denied`."""
    ctx.require_on_register(RegisterPermission.ADMINISTER)
    return rules_in_force(ctx.session)


def change_rules(ctx: ActorContext, rules: RiskRules) -> dict[str, list[str]]:
    """Put other rules in force; returns the differences, as [old, new]. Raises `Denied`, `EditConflict` or `UserError`.

    Every risk is in its new band from now on; the day of its next review stays until it is assessed again.
    """
    ctx.require_on_register(RegisterPermission.ADMINISTER)
    check_rules(rules)
    row = ctx.session.get(RiskSettings, _ONE, with_for_update=True)
    edit_conflicts.check(ctx, SUBJECT, "risk settings")
    before = _columns(rules_in_force(ctx.session))
    after = _columns(rules)
    made = {
        name: [changes.in_words(before[name]), changes.in_words(value)]
        for name, value in after.items()
        if before[name] != value
    }
    if made:
        starts, days = rules.starts, rules.review_days
        kept = RiskSettings(
            id=_ONE,
            medium_from=starts.medium,
            high_from=starts.high,
            very_high_from=starts.very_high,
            severe_at_least=rules.severe_at_least,
            appetite={category.value: rules.accepted(category).value for category in RiskCategory},
            **{f"{band.name.lower()}_days": days[band] for band in Band},
        )
        if row is None:
            ctx.session.add(kept)
        else:
            changes.apply(row, kept.model_dump())
        ctx.session.flush()
        ctx.record("risk settings", SUBJECT, changes=made)
    return made


def _columns(rules: RiskRules) -> dict[str, object]:
    """Each rule by its name for people."""
    return {
        "medium from a score of": rules.starts.medium,
        "high from a score of": rules.starts.high,
        "very high from a score of": rules.starts.very_high,
        "a severe impact is at least": rules.severe_at_least.value,
        **{f"days between reviews, {band.value.lower()}": rules.review_days[band] for band in Band},
        **{f"appetite for {category.value}": rules.accepted(category).value for category in RiskCategory},
    }


@dataclass(frozen=True)
class RiskCard:
    """A risk for people to read. `asked` is the person who was just asked to acknowledge it, if anybody was.

    `goes_up`: something escalates it, even if there is nobody to ask.
    """

    risk: Risk
    contract: ContractRef
    raised_by: str
    residual: Grade | None
    asked: Person | None = None
    goes_up: bool = False


def risk_card(work: UnitOfWork, risk: Risk) -> RiskCard:
    """A risk as it is now."""
    return RiskCard(
        risk=risk,
        contract=contract_lookup.contract_facts(work.session, risk.contract_id),
        raised_by=work.session.get_one(Person, risk.raised_by_id).name,
        residual=rules_in_force(work.session).grade_if_any(risk.likelihood, risk.impact),
    )


def not_a_risk_reference(typed: str) -> UserError:
    """What was typed cannot be the reference of a risk."""
    return UserError(f"{quoted(typed)} is not the reference of a risk, such as R-12. To see them: /risk list.")


def no_such_risk(reference: str) -> UserError:
    """There is no such risk, or it is of a contract that the asker may not see."""
    which = f"risk {reference}" if reference else "such risk"
    return UserError(f"There is no {which} that you can see. To see those you can: /risk list.")


def _risk_closed(risk: Risk) -> UserError:
    """The risk was closed, so nothing more is done with it."""
    on = format_date(risk.closed_on) if risk.closed_on else "an earlier day"
    return UserError(
        f"{risk.reference} was closed on {on}, so nothing was done. Why it was closed: {risk.closing_reason} "
        "If it has come back, raise it as a new risk."
    )


def risk_for(ctx: ActorContext, typed: str, action: Permission) -> tuple[Risk, ContractRef]:
    """The risk of this reference, with whose contract the actor may do this; it is locked, so that two changes do not
    cross. UserError, Denied."""
    number = number_of(typed, "R")
    if number is None:
        raise not_a_risk_reference(typed)
    risk = ctx.session.scalar(locking(ctx.session, select(Risk).where(col(Risk.id) == number)))
    return _open_to(ctx, risk, action, f"R-{number}")


def risk_by_key(ctx: ActorContext, key: str, action: Permission) -> tuple[Risk, ContractRef]:
    """The same by the key that a form or button carries."""
    return _open_to(ctx, by_key(ctx.session, Risk, key, locked=True), action)


def _open_to(ctx: ActorContext, risk: Risk | None, action: Permission, reference: str = "") -> tuple[Risk, ContractRef]:
    contract = None if risk is None else contract_lookup.contract_facts(ctx.session, risk.contract_id)
    if risk is None or contract is None or not ctx.may(Permission.SEE, contract):
        raise no_such_risk(reference)
    ctx.require(action, contract)
    return risk, contract


def check_is_not_closed(risk: Risk) -> None:
    """Raises `UserError` for a closed risk."""
    if risk.status is RiskStatus.CLOSED:
        raise _risk_closed(risk)
