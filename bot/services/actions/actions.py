"""Actions: adding, closing, reassigning and moving them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission, role_counts
from bot.db import by_key
from bot.delivery.outbox import OutgoingMessage
from bot.domain.entry_lines import ActionLine, parse_action_line, parse_action_lines
from bot.domain.references import code_typed, number_of
from bot.domain.text_validation import optional_text, required_text
from bot.domain.wording import format_date, join_words, quoted
from bot.errors import UserError
from bot.models import ActionItem, Audience, Contact, Contract, Finding, Organisation, Person, Risk, Role
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.ambiguity import AmbiguousMatch, Option
from bot.services.lookup.mentions import person_named, readable
from bot.services.lookup.risks import check_is_not_closed, risk_for
from bot.services.unit_of_work import ActorContext, UnitOfWork

_RISK = re.compile(r"(?:(?P<kind>risk|contract):)?(?P<reference>R-\d+)", re.IGNORECASE | re.ASCII)


def _nobody_of_that_name(typed: str, contract: str, everybody: Sequence[str]) -> UserError:
    """A name fits nobody on the contract."""
    return UserError(f"Nobody on {contract} fits {quoted(typed)}. On it are {join_words(everybody)}.")


def _no_such_action(typed: str) -> UserError:
    """What was typed is no action on a contract that is the asker's."""
    what = f"fits {quoted(typed)}" if typed else "is the one of this button"
    return UserError(f"No action of your contracts {what}. /action list shows them, each as A-12.")


def _closed_already(item: ActionItem, who: str) -> UserError:
    """An action is done, and nothing more can be changed of it."""
    closed = format_date(item.done_on) if item.done_on else ""
    return UserError(f"{who} closed {item.reference} on {closed}, so nothing was changed.")


def _day_gone() -> UserError:
    """An action was to be done by a day in the past."""
    return UserError("An action is due today or later. Use another day.")


@dataclass(frozen=True)
class ActionCard:
    """An action for display."""

    item: ActionItem
    contract: ContractRef
    owner: str
    late: bool


def add_action(ctx: ActorContext, about: str, typed: str, *, closed_by_another: bool = False) -> ActionCard:
    """Add an action, typed in one line, to a contract, or to a risk if `about` is its reference, such as R-12.

    Raises `UserError`, `AmbiguousMatch` or `Denied`.
    """
    risk, facts = _about(ctx, code_typed(about))
    line = parse_action_line(typed, ctx.days.own)
    return _add(ctx, facts, line, closed_by_another=closed_by_another, risk_id=risk.id if risk else None)


def _about(ctx: ActorContext, typed: str) -> tuple[Risk | None, ContractRef]:
    """The risk or the contract that an action is for; "risk:" or "contract:" before its reference says which.

    Raises `UserError`, `Denied`, or `AmbiguousMatch` if an old contract bears the reference of a risk.
    """
    found = _RISK.fullmatch(typed)
    if found is None or (found["kind"] or "").casefold() == "contract":
        return None, contract_lookup.contract_for(ctx, found["reference"] if found else typed, Permission.LOG_CONTACT)
    reference = found["reference"].upper()
    namesake = None if found["kind"] else _own_contract(ctx, reference)
    try:
        risk, facts = risk_for(ctx, reference, Permission.LOG_CONTACT)
    except UserError:
        if namesake is None:
            raise
        return None, namesake
    if namesake is not None:
        raise _risk_or_contract(typed, risk, namesake)
    check_is_not_closed(risk)
    return risk, facts


def _own_contract(ctx: ActorContext, reference: str) -> ContractRef | None:
    return next((each for each in ctx.contracts_open_to(Permission.LOG_CONTACT) if each.reference == reference), None)


def _risk_or_contract(typed: str, risk: Risk, contract: ContractRef) -> AmbiguousMatch:
    """What was typed is the reference of a risk and of a contract."""
    options = [
        Option(f"risk:{risk.reference}", f"risk {risk.reference}", risk.title),
        Option(
            f"contract:{contract.reference}",
            f"contract {contract.reference}",
            f"{contract.title}, with {contract.partner}",
        ),
    ]
    return AmbiguousMatch(typed, "record", options)


def add_from_contact(
    ctx: ActorContext, contact: Contact, typed: str, *, closed_by_another: bool
) -> Sequence[ActionCard]:
    """Add the actions agreed in a contact, one from each line. Raises `Denied`, or `UserError` with the field
    `actions`."""
    facts = contract_lookup.contract_by_id(ctx, contact.contract_id, Permission.LOG_CONTACT)
    try:
        lines = parse_action_lines(typed, ctx.days.own)
        return [_add(ctx, facts, each, closed_by_another=closed_by_another, contact_id=contact.id) for each in lines]
    except UserError as error:
        raise UserError(error.sentence, field="actions") from None


def add_from_finding(ctx: ActorContext, finding: Finding, typed: str) -> Sequence[ActionCard]:
    """Add the actions that put a finding right, one from each line; its lead verifies each. Raises `Denied`, or
    `UserError` with the field `steps`."""
    facts = contract_lookup.contract_by_id(ctx, finding.contract_id, Permission.ANSWER_FINDINGS, Audience.SHARED)
    try:
        lines = parse_action_lines(typed, ctx.days.own)
        return [_add(ctx, facts, each, closed_by_another=True, finding_id=finding.id) for each in lines]
    except UserError as error:
        raise UserError(error.sentence, field="steps") from None


def give_action(
    work: UnitOfWork,
    facts: ContractRef,
    owner: Person,
    what: str,
    due_on: date,
    *,
    by: int,
    closed_by_another: bool = False,
    contact_id: int | None = None,
    risk_id: int | None = None,
    may_be_late: bool = False,
    finding_id: int | None = None,
) -> ActionCard:
    """Add an action for somebody on a contract; its day has not passed, unless it `may_be_late`. The caller has checked
    the permission of `by`. Raises `UserError`."""
    if due_on < work.days.first and not may_be_late:
        raise _day_gone()
    item = ActionItem(
        contract_id=facts.id,
        contact_id=contact_id,
        risk_id=risk_id,
        finding_id=finding_id,
        what=what,
        owner_id=owner.id,
        due_on=due_on,
        closed_by_another=closed_by_another,
        added_by_id=by,
        added_at=work.now,
    )
    work.add(item)
    work.record("action added", item.reference, contract_id=facts.id)
    return _card(work, item, facts)


def close_action(ctx: ActorContext, typed: str, note: str = "") -> ActionCard:
    """Mark an action as done. Raises `UserError` or `Denied`."""
    return _close(ctx, *_open_action(ctx, typed), note)


def close_action_of_button(ctx: ActorContext, key: str) -> ActionCard:
    """The same by the key that a button carries."""
    return _close(ctx, *_still_open(ctx, by_key(ctx.session, ActionItem, key, locked=True)))


def _close(ctx: ActorContext, item: ActionItem, facts: ContractRef, note: str = "") -> ActionCard:
    if item.finding_id is not None:
        raise UserError(
            f"{item.reference} is an action of F-{item.finding_id}, so nothing was changed. The lead of the visit "
            f"verifies it: /audit verify F-{item.finding_id}."
        )
    if item.closed_by_another and item.owner_id == ctx.actor.person_id:
        raise UserError(
            f"{item.reference} is closed by somebody other than its owner. Ask a colleague on the contract."
        )
    item.done_on, item.done_by_id = ctx.today, ctx.actor.person_id
    item.done_note = optional_text(note, what="what was done", at_most=300, field="note")
    ctx.record("action closed", item.reference, contract_id=facts.id, why=item.done_note)
    return _card(ctx, item, facts)


def reassign_action(ctx: ActorContext, typed: str, name: str) -> ActionCard:
    """Give an action to somebody else on the contract. Raises `UserError` or `Denied`."""
    item, facts = _open_action(ctx, typed)
    before, owner = ctx.session.get_one(Person, item.owner_id), _person_on(ctx, facts, name)
    item.owner_id = owner.id
    changes = {"owner": (before.name, owner.name)}
    ctx.record("action changed", item.reference, contract_id=facts.id, changes=changes)
    return _card(ctx, item, facts)


def move_action(ctx: ActorContext, typed: str, due_on: date) -> ActionCard:
    """Move an action to another day; the history keeps the earlier one. Raises `UserError` or `Denied`."""
    item, facts = _open_action(ctx, typed)
    if due_on < ctx.days.first:
        raise _day_gone()
    changes = {"due": (format_date(item.due_on), format_date(due_on))}
    move_to(ctx, item, due_on)
    ctx.record("action changed", item.reference, contract_id=facts.id, changes=changes)
    return _card(ctx, item, facts)


def move_to(ctx: ActorContext, item: ActionItem, due_on: date) -> None:
    """Give an action another day. Whoever asked for it by the earlier day is told, if somebody else moves it. Raises
    `Denied`."""
    facts = contract_lookup.contract_facts(ctx.session, item.contract_id)
    ctx.require(Permission.SEE, facts)
    before, item.due_on = item.due_on, due_on
    asker = ctx.session.get_one(Person, item.added_by_id)
    if due_on == before or asker.id == ctx.actor.person_id:
        return
    ours = ctx.session.get_one(Organisation, asker.organisation_id).kind.is_department
    moved = ctx.messages.message("actions/moved", card=_card(ctx, item, facts), before=before, by=ctx.actor.name)
    audience = Audience.INTERNAL if ours else Audience.SHARED
    key = ctx.next_key(f"action-{item.id}-moved")
    ctx.enqueue(OutgoingMessage(key, asker.slack, audience, moved, "what you asked for has another day", facts.id))


def _add(
    ctx: ActorContext,
    facts: ContractRef,
    line: ActionLine,
    *,
    closed_by_another: bool = False,
    contact_id: int | None = None,
    risk_id: int | None = None,
    finding_id: int | None = None,
) -> ActionCard:
    if line.due_on < ctx.days.first:
        raise _day_gone()
    what = required_text(readable(ctx, line.what), what="what is to be done", at_most=300, field="actions")
    owner = _person_on(ctx, facts, line.owner)
    return give_action(
        ctx,
        facts,
        owner,
        what,
        line.due_on,
        by=ctx.actor.person_id,
        closed_by_another=closed_by_another,
        contact_id=contact_id,
        risk_id=risk_id,
        finding_id=finding_id,
    )


def _open_action(ctx: ActorContext, typed: str) -> tuple[ActionItem, ContractRef]:
    return _still_open(ctx, ctx.session.get(ActionItem, number_of(typed, "A") or 0, with_for_update=True), typed)


def _still_open(ctx: ActorContext, item: ActionItem | None, typed: str = "") -> tuple[ActionItem, ContractRef]:
    if item is None:
        raise _no_such_action(typed)
    facts = contract_lookup.contract_facts(ctx.session, item.contract_id)
    if not ctx.may(Permission.LOG_CONTACT, facts):
        raise _no_such_action(typed)
    if item.done_by_id is not None:
        raise _closed_already(item, ctx.session.get_one(Person, item.done_by_id).name)
    return item, facts


def _person_on(ctx: ActorContext, facts: ContractRef, name: str) -> Person:
    """The person on the contract whom a mention, a handle, a name or words of it mean. UserError, AmbiguousMatch."""
    on_it = (
        select(Person)
        .join(Role, col(Role.person_id) == col(Person.id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(col(Contract.id) == facts.id, role_counts())
        .order_by(col(Person.name), col(Person.id))
    )
    people = ctx.session.scalars(on_it).unique().all()
    names = [each.name for each in people]
    return person_named(ctx, name, people, lambda typed: _nobody_of_that_name(typed, facts.reference, names))


def _card(work: UnitOfWork, item: ActionItem, facts: ContractRef) -> ActionCard:
    owner = work.session.get_one(Person, item.owner_id)
    return ActionCard(item, facts, owner.name, late=item.done_on is None and item.due_on < work.today)
