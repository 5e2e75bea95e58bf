"""Changes to a risk: its response, that it has happened, closing it, and its owner."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission, role_counts
from bot.delivery.outbox import OutgoingMessage
from bot.domain.text_validation import optional_text, required_text
from bot.domain.wording import join_words, nearest, quoted
from bot.errors import UserError
from bot.models import Audience, Contract, EscalationEnd, Person, Risk, RiskResponse, RiskStatus, Role
from bot.policy import POLICY
from bot.services import changes, edit_conflicts
from bot.services.lookup.ambiguity import MOST_NAMED
from bot.services.lookup.mentions import person_named
from bot.services.lookup.risks import check_is_not_closed, risk_by_key, risk_for
from bot.services.risks.risk_card import RiskSheet, sheet_of
from bot.services.risks.risk_escalation import end
from bot.services.risks.risk_sharing import show_partner
from bot.services.risks.stage_review import mark_reassessed
from bot.services.unit_of_work import ActorContext


def _not_a_response(typed: str) -> UserError:
    """What was typed is no response to a risk."""
    responses = [response.value for response in RiskResponse]
    close = nearest(typed, responses)
    meant = f"Did you mean {close}?" if close else f"The responses are {join_words(responses)}."
    return UserError(f"{quoted(typed)} is not a response to a risk. {meant}")


def _nobody_fits(typed: str, reference: str, names: Sequence[str]) -> UserError:
    """The words are no mention or name of a person who may look after the contract's risks."""
    listed = join_words(names[:MOST_NAMED], "or")
    whom = f"Name one of them: {listed}." if names else f"Give somebody a role first: /contract people {reference}."
    return UserError(f"{quoted(typed)} is not one of those who can look after the risks of {reference}. {whom}")


def respond(ctx: ActorContext, typed: str, response: str, note: str) -> RiskSheet:
    """Set the response to a risk. Raises `UserError` or `Denied`."""
    risk, contract = risk_for(ctx, typed, Permission.MANAGE_RISK)
    check_is_not_closed(risk)
    try:
        chosen = RiskResponse(response.casefold())
    except ValueError:
        raise _not_a_response(response) from None
    kept = optional_text(note, what="what will be done", at_most=1000, field="note")
    made = changes.apply(risk, {"response": chosen, "response_note": kept})
    if made:
        ctx.record("risk response", risk.reference, contract_id=contract.id, changes=made)
    return sheet_of(ctx, risk, contract)


def note_issue(ctx: ActorContext, typed: str, what: str) -> RiskSheet:
    """Record that a risk has happened, which makes it an issue. Raises `UserError` or `Denied`."""
    risk, contract = risk_for(ctx, typed, Permission.MANAGE_RISK)
    check_is_not_closed(risk)
    if risk.status is RiskStatus.ISSUE:
        raise UserError(
            f"{risk.reference} is an issue already, so nothing was done. To see it: /risk show {risk.reference}."
        )
    happened = required_text(what, what="what has happened", at_most=1000, field="what")
    made = changes.apply(risk, {"happened": happened, "status": RiskStatus.ISSUE})
    ctx.record("risk has happened", risk.reference, contract_id=contract.id, changes=made)
    show_partner(ctx, risk, contract)
    mark_reassessed(ctx, risk, contract)
    return sheet_of(ctx, risk, contract)


def close(ctx: ActorContext, typed: str, reason: str) -> RiskSheet:
    """Close a risk or an issue for good, with a reason. Raises `UserError` or `Denied`."""
    risk, contract = risk_for(ctx, typed, Permission.MANAGE_RISK)
    check_is_not_closed(risk)
    why = required_text(reason, what="why it is closed", at_most=300, field="reason")
    made = changes.apply(risk, {"status": RiskStatus.CLOSED})
    risk.closed_on, risk.closing_reason = ctx.today, why
    ctx.record("risk closed", risk.reference, contract_id=contract.id, changes=made, why=why)
    end(ctx, risk, EscalationEnd.CLOSED)
    show_partner(ctx, risk, contract)
    mark_reassessed(ctx, risk, contract)
    return sheet_of(ctx, risk, contract)


def risk_to_hand_over(ctx: ActorContext, typed: str) -> RiskSheet:
    """A risk whose owner the actor may change. Raises `UserError` or `Denied`."""
    risk, contract = risk_for(ctx, typed, Permission.MANAGE_RISK)
    check_is_not_closed(risk)
    return sheet_of(ctx, risk, contract)


def hand_over(ctx: ActorContext, key: str, slack: str) -> RiskSheet:
    """Make a Slack user the owner of a risk. Raises `UserError`, `Denied` or `EditConflict`."""
    risk, contract = risk_by_key(ctx, key, Permission.MANAGE_RISK)
    check_is_not_closed(risk)
    edit_conflicts.check(ctx, risk.reference, "risk owner")
    owner = next((each for each in _who_may_own(ctx, contract) if each.slack == slack), None)
    if owner is None:
        raise UserError(
            f"They have no role on {contract.reference} that lets them assess its risks. "
            f"Choose somebody who has, or give them one first: /contract people {contract.reference}.",
            field="owner",
        )
    return _change_owner(ctx, risk, contract, owner)


def hand_over_by_name(ctx: ActorContext, typed: str, who: str) -> RiskSheet:
    """Make the person of a mention, or of part of a name, the owner of a risk. Raises `UserError`,
    `AmbiguousMatch` or `Denied`."""
    risk, contract = risk_for(ctx, typed, Permission.MANAGE_RISK)
    check_is_not_closed(risk)
    people = _who_may_own(ctx, contract)
    names = [each.name for each in people]
    owner = person_named(ctx, who, people, lambda typed: _nobody_fits(typed, contract.reference, names))
    return _change_owner(ctx, risk, contract, owner)


def _who_may_own(ctx: ActorContext, contract: ContractRef) -> Sequence[Person]:
    """The people with a role on a contract that lets them assess its risks, by name."""
    holders = (
        select(col(Role.person_id))
        .join(Person, col(Person.id) == col(Role.person_id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(
            col(Contract.id) == contract.id,
            col(Role.role).in_(POLICY[Permission.MANAGE_RISK, Audience.INTERNAL]),
            role_counts(),
        )
    )
    return ctx.session.scalars(select(Person).where(col(Person.id).in_(holders)).order_by(col(Person.name))).all()


def _change_owner(ctx: ActorContext, risk: Risk, contract: ContractRef, owner: Person) -> RiskSheet:
    """Change the owner, and tell the new one unless they did it themselves."""
    before = ctx.session.get_one(Person, risk.owner_id)
    if before.id != owner.id:
        risk.owner_id = owner.id
        ctx.record("risk owner", risk.reference, contract_id=contract.id, changes={"owner": (before.name, owner.name)})
    sheet = sheet_of(ctx, risk, contract)
    if owner.id not in (before.id, ctx.actor.person_id):
        told = ctx.messages.message("risks/owner_told", sheet=sheet, by=ctx.actor.name)
        why = f"{ctx.actor.name} gave you {risk.reference} to look after"
        key = ctx.next_key(f"risk-{risk.id}-owner")
        ctx.enqueue(OutgoingMessage(key, owner.slack, Audience.INTERNAL, told, why, contract.id))
    return sheet
