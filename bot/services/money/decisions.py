"""What becomes of a service credit: it is sent to the partner, commented on, confirmed, waived or deducted."""

import re
from collections.abc import Callable
from datetime import date

from sqlmodel import Session

from bot.access import Permission
from bot.delivery.outbox import OutgoingMessage
from bot.domain.credit_cycle import CREDIT, CreditEvent, CreditNews, CreditState
from bot.domain.text_validation import required_text
from bot.domain.wording import format_money
from bot.errors import UserError
from bot.models import Audience, Person, RoleName, ServiceCredit
from bot.services.lookup import contracts as contract_lookup
from bot.services.money.credits import CreditCard, card_for, card_of, credit_by_key, objection
from bot.services.money.kept_working import keep
from bot.services.money.proposals import MANAGERS, subject_of
from bot.services.unit_of_work import ActorContext

LONGEST_COMMENT, LONGEST_REASON, LONGEST_INVOICE, LONGEST_WHY = 2000, 500, 60, 300
_SENT = re.compile(r"credit-([0-9]{1,18})-sent-([0-9]{1,9})")


def credit_to_decide(ctx: ActorContext, key: str) -> CreditCard:
    """The credit of a button, for somebody of the department to decide on. Raises `UserError` or `Denied`."""
    card = credit_by_key(ctx, key)
    if not card.offered:
        raise UserError(f"{_named(card)} is {card.credit.state}, and there is nothing that you can do with it today.")
    return card


def credit_to_comment(ctx: ActorContext, key: str) -> CreditCard:
    """The credit of a button, for its partner to comment on. Raises `UserError` or `Denied`."""
    card = credit_by_key(ctx, key, Permission.COMMENT_CREDIT, Audience.SHARED)
    CREDIT.follow(card.credit.state, CreditEvent.COMMENTED)
    return card


def comment(ctx: ActorContext, key: str, words: str) -> CreditCard:
    """Keep the partner's comment, and tell the contract manager. Raises `UserError`, with its form field, or
    `Denied`."""
    card = credit_by_key(ctx, key, Permission.COMMENT_CREDIT, Audience.SHARED, locked=True)
    row = card.credit
    followed = CREDIT.follow(row.state, CreditEvent.COMMENTED)
    row.comment = required_text(words, what="the comment", at_most=LONGEST_COMMENT, field="comment")
    row.state, row.commented_on, row.commented_by_id = followed.to, ctx.today, ctx.actor.person_id
    changes = {"comment": ["nothing", row.comment[:LONGEST_WHY]]}
    ctx.record(followed.in_history, subject_of(card.contract, row), contract_id=row.contract_id, changes=changes)
    ctx.session.flush()
    manager = contract_lookup.person_in_role(ctx.session, row.contract_id, ctx.today, *MANAGERS)
    if manager is not None:
        _tell(ctx, card, manager, CreditNews.COMMENTED, inside=True)
    return card_for(ctx, row, card.contract)


def decide(ctx: ActorContext, key: str, seen: str, event: CreditEvent, *, reason: str, invoice: str) -> CreditCard:
    """Send, confirm, waive or deduct a credit; the partner is told, if it knows of it. `seen` is the version that the
    actor saw: of another, nothing is done.

    Raises `UserError`, with its form field, or `Denied`.
    """
    card = credit_by_key(ctx, key, locked=True)
    row = card.credit
    followed = CREDIT.follow(row.state, event)
    ctx.require(Permission(followed.who), card.contract)
    if card.version != seen:
        raise UserError(f"{_named(card)} has changed meanwhile, so nothing was done. Open it again to see it.")
    if against := objection(ctx, card, event):
        raise UserError(f"{against} Nothing was done.", field="event")
    changes = {"state": [row.state.value, followed.to.value], **_APPLIED[event](ctx, card, reason, invoice)}
    row.state = followed.to
    if event is not CreditEvent.CONFIRMED:
        keep(ctx, row, card.month, card.working)
    subject = subject_of(card.contract, row)
    why = row.reason[:LONGEST_WHY]
    ctx.record(followed.in_history, subject, contract_id=row.contract_id, changes=changes, why=why)
    ctx.session.flush()
    if event is CreditEvent.SENT:
        _tell(ctx, card, _partner(ctx, card), CreditNews.SENT, inside=False, key=row.key)
    elif row.is_known_to_partner:
        _tell(ctx, card, _partner(ctx, card), CreditNews.SETTLED, inside=False)
    return card_for(ctx, row, card.contract)


Changes = dict[str, list[str]]


def _send(ctx: ActorContext, card: CreditCard, reason: str, invoice: str) -> Changes:
    """The partner is told the sum by the figures as they are now, and has its days again."""
    row = card.credit
    was = "nothing" if not row.sendings else format_money(row.amount)
    row.amount = row.worth = card.worth
    row.sendings += 1
    row.reached_on, row.comment, row.commented_on, row.commented_by_id = None, "", None, None
    return {"amount": [was, format_money(row.amount)]}


def _confirm(ctx: ActorContext, card: CreditCard, reason: str, invoice: str) -> Changes:
    return {}


def _waive(ctx: ActorContext, card: CreditCard, reason: str, invoice: str) -> Changes:
    """It is waived whole, with what a corrected figure has changed since."""
    row = card.credit
    row.reason = required_text(reason, what="why it is waived", at_most=LONGEST_REASON, field="reason")
    was, row.amount, row.worth = row.amount, card.worth, card.worth
    return {} if was == card.worth else {"amount": [format_money(was), format_money(card.worth)]}


def _deduct(ctx: ActorContext, card: CreditCard, reason: str, invoice: str) -> Changes:
    number = required_text(invoice, what="the number of the invoice", at_most=LONGEST_INVOICE, field="invoice")
    card.credit.invoice, card.credit.deducted_on = number, ctx.today
    return {"invoice": ["nothing", number]}


_APPLIED: dict[CreditEvent, Callable[[ActorContext, CreditCard, str, str], Changes]] = {
    CreditEvent.SENT: _send,
    CreditEvent.CONFIRMED: _confirm,
    CreditEvent.WAIVED: _waive,
    CreditEvent.DEDUCTED: _deduct,
}


def note_reached(session: Session, key: str, on: date) -> None:
    """Note the day on which a credit reached the partner, when the message with this key has. The days for its comment
    count from then."""
    found = _SENT.fullmatch(key)
    row = session.get(ServiceCredit, int(found[1])) if found else None
    if row is not None and row.key == key and row.state is CreditState.SENT:
        row.reached_on = on


def _partner(ctx: ActorContext, card: CreditCard) -> Person:
    contact = contract_lookup.person_in_role(ctx.session, card.contract.id, ctx.today, RoleName.PARTNER_CONTACT)
    if contact is None:
        reference = card.contract.reference
        raise UserError(
            f"{reference} has no partner contact, so nothing was done. Type /contract people {reference} to name one."
        )
    return contact


def _tell(
    ctx: ActorContext, card: CreditCard, person: Person, news: CreditNews, *, inside: bool, key: str = ""
) -> None:
    shown = card_of(ctx, card.credit, card.contract, inside=inside)
    message = ctx.messages.message("money/credit", card=shown, news=news)
    key = key or ctx.next_key(f"credit-{card.credit.id}-{news.name.lower()}")
    audience = Audience.INTERNAL if inside else Audience.SHARED
    why = "something became of a service credit"
    ctx.enqueue(OutgoingMessage(key, person.slack, audience, message, why, card.contract.id))


def _named(card: CreditCard) -> str:
    return f"The credit of {card.contract.reference} for {card.period}"
