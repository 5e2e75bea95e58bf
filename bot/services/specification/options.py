"""Deciding on an option to extend: it is taken, which moves the contract's end, or declined, once and for a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.domain import option_days
from bot.domain.calendar import extended
from bot.domain.deadlines import parse_deadline
from bot.domain.option_cycle import OPTION, Decision, OptionEvent
from bot.domain.text_validation import required_text
from bot.domain.wording import format_date, plural, shorten
from bot.errors import UserError
from bot.models import Contract, ExtensionOption, Milestone, Obligation, Person
from bot.services import changes
from bot.services.contracts.contract_edit import ChangedContract, extend_contract, needs_notice_of_change
from bot.services.documents import telling
from bot.services.documents.issuing import IssuedDocument
from bot.services.lookup import contracts as contract_lookup
from bot.services.specification.days import check_day
from bot.services.unit_of_work import ActorContext

LONGEST_REASON, LONGEST_WHY = 1000, 300


@dataclass(frozen=True)
class OptionToDecide:
    """An option to decide on, and the contract's end if it is taken. `may_tell`: the actor may tell the partner, of
    whom somebody can be told."""

    option: ExtensionOption
    contract: Contract
    end_if_taken: date
    may_tell: bool = False

    @property
    def can_be_taken(self) -> bool:
        """Whether the contract may run so long."""
        return self.end_if_taken <= self.contract.longest_end_date

    @property
    def choices(self) -> Sequence[tuple[str, str]]:
        """The decisions that are possible, in words, with their values."""
        taken = (f"Taken: it ends on {format_date(self.end_if_taken)}", OptionEvent.TAKEN.value)
        declined = (f"Declined: it ends on {format_date(self.contract.end_date)}", OptionEvent.DECLINED.value)
        return [taken, declined] if self.can_be_taken else [declined]


@dataclass(frozen=True)
class DecidedOption:
    """An option that was decided on. `changed` is its contract with the new end, None if it was declined.

    `moved` are the options that follow with the days to decide that they had before, as their rules count from the
    end; `unmoved` are the others that are open, and `left` is what is owed on a day that counts from the end before.
    `told` is the memo that tells the partner, if it was wished.
    """

    option: ExtensionOption
    contract: ContractRef
    changed: ChangedContract | None
    moved: Sequence[tuple[ExtensionOption, date]] = ()
    unmoved: Sequence[ExtensionOption] = ()
    left: Sequence[Milestone | Obligation] = ()
    told: IssuedDocument | None = None

    @property
    def is_a_change(self) -> bool:
        """Whether it is a change of a contract to which the Procurement Act 2023 applies in full."""
        return self.changed is not None and needs_notice_of_change(self.changed.contract)

    @property
    def is_late(self) -> bool:
        """Whether the decision came after the last day to decide."""
        return self.option.decided_on is not None and self.option.decided_on > self.option.decide_by


def option_to_decide(ctx: ActorContext, key: str) -> OptionToDecide:
    """The option of a button, open and for the actor to decide. Raises `UserError` or `Denied`."""
    option, facts = _open_option(ctx, key)
    contract = ctx.session.get_one(Contract, option.contract_id)
    end = extended(contract.end_date, option.months)
    return OptionToDecide(option, contract, end, telling.can_tell(ctx, facts))


def decide(
    ctx: ActorContext, key: str, event: OptionEvent, on: date, reason: str, *, tell: bool = False
) -> DecidedOption:
    """Take or decline an option, on a day up to today. One that is taken moves the contract's end by its months. With
    `tell` the partner gets a memo about it.

    Raises `UserError`, with its form field, or `Denied`.
    """
    option, contract = _open_option(ctx, key, locked=True)
    decided = OPTION.follow(option.decision, event)
    started = select(col(Contract.start_date)).where(col(Contract.id) == contract.id)
    check_day(ctx, on, since=ctx.session.scalars(started).one(), what="the contract started")
    words = required_text(reason, what="why", at_most=LONGEST_REASON, field="reason")
    why = shorten(words, LONGEST_WHY)
    changed, before = None, ctx.session.get_one(Contract, contract.id).end_date
    if decided.to is Decision.TAKEN:
        _refuse_lapsed(option, contract, on)
        changed = extend_contract(ctx, contract.id, option.months, why, field="decision")
    made = changes.apply(option, {"decision": decided.to, "decided_on": on})
    option.decided_by_id, option.decision_reason = ctx.actor.person_id, words
    subject = f"{contract.reference}, {option.name}"
    ctx.record(decided.in_history, subject, contract_id=contract.id, changes=made, why=why)
    ctx.session.flush()
    told = _tell(ctx, option, contract, before) if tell else None
    if changed is None:
        return DecidedOption(option, contract, None, told=told)
    moved, unmoved = _follow_the_end(ctx, changed.contract, before, why)
    return DecidedOption(option, contract, changed, moved, unmoved, _left_behind(ctx, changed.contract, before), told)


def _tell(ctx: ActorContext, option: ExtensionOption, contract: ContractRef, end: date) -> IssuedDocument | None:
    """Tell the partner what the decision means for them: the option itself is the department's."""
    now = format_date(ctx.session.get_one(Contract, contract.id).end_date)
    if option.decision is Decision.TAKEN:
        subject = f"{contract.reference} is extended by {plural(option.months, 'month')}"
        what = f"The contract ends on {now}, instead of {format_date(end)}."
    else:
        subject, what = f"{contract.reference} is not extended", f"The contract ends on {now}, as before."
    return telling.tell(ctx, contract, subject, f"{what} Notice under the contract is given separately.")


def _refuse_lapsed(option: ExtensionOption, contract: ContractRef, on: date) -> None:
    """An option cannot be taken once its day has gone."""
    if on > option.decide_by:
        raise UserError(
            f"The last day to decide on {option.name} was {format_date(option.decide_by)}, so it cannot be taken on "
            f"{format_date(on)}, and nothing was changed. If a variation agreed a later day, record that first: "
            f"/contract option {contract.reference}",
            field="on",
        )


def _follow_the_end(
    ctx: ActorContext, contract: Contract, end: date, why: str
) -> tuple[Sequence[tuple[ExtensionOption, date]], Sequence[ExtensionOption]]:
    """Work out anew the days to decide that count from the end; returns those options with their days before, and the
    other open ones."""
    rows = ctx.session.scalars(
        select(ExtensionOption)
        .where(col(ExtensionOption.contract_id) == contract.id, col(ExtensionOption.decision) == Decision.OPEN)
        .where(col(ExtensionOption.ended_on).is_(None))
        .order_by(col(ExtensionOption.decide_by), col(ExtensionOption.id))
    ).all()
    moved, unmoved = list[tuple[ExtensionOption, date]](), list[ExtensionOption]()
    for row in rows:
        rule = option_days.following(parse_deadline(row.rule), end, contract.end_date) if row.rule else None
        if rule is None:
            unmoved.append(row)
            continue
        was = row.decide_by
        values = {"decide_by": rule.on(ctx.calendar.of(contract.nation)), "rule": str(rule)}
        ctx.record(
            "day to decide worked out again",
            f"{contract.reference}, {row.name}",
            contract_id=contract.id,
            changes=changes.apply(row, values),
            why=why,
        )
        moved.append((row, was))
    ctx.session.flush()
    return moved, unmoved


def _left_behind(ctx: ActorContext, contract: Contract, end: date) -> Sequence[Milestone | Obligation]:
    """What is owed, and not met, on a day that counts from the end before."""
    rows: list[Milestone | Obligation] = []
    for model in (Milestone, Obligation):
        rows += ctx.session.scalars(
            select(model)
            .where(col(model.contract_id) == contract.id, col(model.rule) != "", col(model.met_on).is_(None))
            .where(col(model.ended_on).is_(None))
            .order_by(col(model.due_on), col(model.id))
        )
    return [row for row in rows if option_days.following(parse_deadline(row.rule), end, contract.end_date)]


def _open_option(ctx: ActorContext, key: str, *, locked: bool = False) -> tuple[ExtensionOption, ContractRef]:
    """The option of this key, if nobody has decided on it."""
    option = by_key(ctx.session, ExtensionOption, key, locked=locked)
    if option is None:
        raise UserError("This option is no longer in the record, so nothing was done. Open the contract's page again.")
    contract = contract_lookup.contract_facts(ctx.session, option.contract_id)
    ctx.require(Permission(OPTION.who(OptionEvent.TAKEN)), contract)
    if not option.is_open:
        raise UserError(f"{option.name} was {option.decision}{_by_whom(ctx, option)} already, so nothing was done.")
    return option, contract


def _by_whom(ctx: ActorContext, option: ExtensionOption) -> str:
    """Who decided and when, where it was decided in Slack."""
    if option.decided_by_id is None or option.decided_on is None:
        return ""
    return f" by {ctx.session.get_one(Person, option.decided_by_id).name} on {format_date(option.decided_on)}"
