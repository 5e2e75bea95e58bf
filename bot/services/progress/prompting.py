"""Asking the partner: one prompt for each report when its period has ended, and once more what did not arrive."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, String, and_, cast, exists, literal, or_, select
from sqlmodel import Session, col

from bot.delivery import outbox
from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage
from bot.domain.calendar import Nation
from bot.domain.london import london
from bot.domain.subjects import SubjectKind
from bot.domain.wording import format_date
from bot.models import Audience, Channel, Contract, Occurrence, OutboxMessage, OutboxState, Report, ReportDecision
from bot.services import occurrences
from bot.services.lookup import contracts as contract_lookup
from bot.services.progress.received_reports import key_of_prompt, prompt_key, query_key
from bot.services.progress.reports import due_report
from bot.services.unit_of_work import UnitOfWork

RULE = "report prompt"
NOTICEABLY_LATE = timedelta(hours=1)


def reports_to_prompt(work: UnitOfWork) -> Sequence[Report]:
    """The awaited reports whose prompt is due and not claimed, where there is a channel to ask in and it is working
    time. One query."""
    nations = [nation for nation in Nation if work.calendar.of(nation).is_working_time(work.now)]
    asked = select(Report).join(Contract, col(Contract.id) == col(Report.contract_id))
    asked = asked.where(*_is_due(work), _has_channel(), col(Contract.nation).in_(nations))
    return sorted(work.session.scalars(asked), key=_by_day) if nations else []


def reports_without_channel(work: UnitOfWork, told_of: str) -> Sequence[tuple[Report, Contract]]:
    """The awaited reports whose prompt is due, each with its contract, which has no channel to ask in, but those that
    somebody was told of by this rule. One query."""
    rows = work.session.execute(
        select(Report, Contract)
        .join(Contract, col(Contract.id) == col(Report.contract_id))
        .where(*_is_due(work), ~_has_channel(), ~_is_claimed(told_of))
    )
    return sorted(((report, contract) for report, contract in rows), key=lambda found: _by_day(found[0]))


def _by_day(report: Report) -> tuple[date, int]:
    """Not by the query: for the order of an index it would go through every awaited report."""
    return report.due_on, report.id


def _is_due(work: UnitOfWork) -> Sequence[ColumnElement[bool]]:
    return (col(Report.received_at).is_(None), col(Report.prompt_at) <= work.now, ~_is_claimed(RULE))


def _is_claimed(rule: str) -> ColumnElement[bool]:
    """The condition on a report that this rule was claimed for it."""
    subject = literal("report ") + cast(col(Report.id), String)
    return exists().where(col(Occurrence.rule) == rule, col(Occurrence.subject) == subject)


def _has_channel() -> ColumnElement[bool]:
    here = col(Channel.contract_id) == col(Report.contract_id)
    return exists().where(here, col(Channel.audience) == Audience.SHARED)


@dataclass(frozen=True)
class Prompt:
    """A prompt that is ready to send, with the id and the reference of its report."""

    report_id: int
    reference: str
    draft: OutgoingMessage


def prepare(work: UnitOfWork, report: Report) -> Prompt | None:
    """The prompt for a report, addressed to the partner in the shared channel; None without that channel.

    Outside the working hours of the contract's nation there is none; a late prompt says that it is late.
    """
    contract = work.session.get_one(Contract, report.contract_id)
    if not work.calendar.of(contract.nation).is_working_time(work.now):
        return None
    channel = contract_lookup.channel_of(work.session, contract.id, Audience.SHARED)
    if channel is None:
        return None
    due = due_report(work, report, contract)
    missed = report.prompt_at if work.now - report.prompt_at > NOTICEABLY_LATE else None
    message = work.messages.message("progress/prompt", due=due, missed=missed)
    why = f"the report for {due.period} on {contract.reference} is due on {format_date(report.due_on)}"
    subject = SubjectKind.REPORT.subject(report.id)
    draft = OutgoingMessage(prompt_key(report), channel, Audience.SHARED, message, why, contract.id, subject)
    return Prompt(report.id, report.reference, draft)


def answered_among(session: Session, keys: Collection[str]) -> set[str]:
    """The keys of the prompts among these whose report has come."""
    of_prompt = key_of_prompt(col(Report.id))
    return set(session.scalars(select(of_prompt).where(of_prompt.in_(keys), col(Report.received_at).is_not(None))))


def update_prompt(work: UnitOfWork, report_id: int) -> None:
    """Bring the prompt for an awaited report up to date, because its day has moved."""
    report = work.session.get_one(Report, report_id)
    due = due_report(work, report, work.session.get_one(Contract, report.contract_id))
    message = work.messages.message("progress/prompt", due=due, missed=None)
    work.replace(prompt_key(report), work.next_key(f"{prompt_key(report)}-moved"), message, "its due day has moved")


def send(work: UnitOfWork, prompt: Prompt) -> bool:
    """Send a prompt, unless the report has come meanwhile or another worker sends it; returns whether it was sent."""
    report = work.session.get(Report, prompt.report_id)
    if report is None or report.received_at is not None:
        return False
    if not occurrences.claim(work, RULE, f"report {report.id}", report.prompt_at):
        return False
    work.enqueue(prompt.draft)
    work.record("report prompted", prompt.reference, contract_id=report.contract_id)
    return True


@dataclass(frozen=True)
class Repeat:
    """A prompt or a query that did not arrive and is sent once more, to a channel; `message` has its words anew."""

    key: str
    channel: str
    reference: str
    contract_id: int
    message: Message | None


def to_repeat(work: UnitOfWork) -> list[Repeat]:
    """The prompts and queries that did not arrive: at once where the contract has another shared channel by now, else
    once a day, in working hours."""
    ended = col(OutboxMessage.state).in_((OutboxState.DEAD, OutboxState.WITHHELD))
    lost = exists().where(col(OutboxMessage.key) == key_of_prompt(col(Report.id)), ended)
    awaited = and_(col(Report.received_at).is_(None), col(Report.asked_on).is_(None), lost)
    queried = and_(col(Report.decision) == ReportDecision.QUERIED, col(Report.query_asked_on).is_(None))
    found = {
        prompt_key(report) if report.received_at is None else query_key(report): report
        for report in work.session.scalars(select(Report).where(or_(awaited, queried)).order_by(col(Report.id)))
    }
    rows = work.session.scalars(
        select(OutboxMessage).where(col(OutboxMessage.key).in_(found), ended).order_by(col(OutboxMessage.id))
    )
    again = (_repeat(work, found[row.key], row) for row in rows)
    return [each for each in again if each is not None]


def _repeat(work: UnitOfWork, report: Report, row: OutboxMessage) -> Repeat | None:
    channel = contract_lookup.channel_of(work.session, report.contract_id, Audience.SHARED)
    contract = work.session.get_one(Contract, report.contract_id)
    tried_today = row.settled_at is not None and london(row.settled_at).date() == work.today
    is_working_time = work.calendar.of(contract.nation).is_working_time(work.now)
    if channel is None or not is_working_time or (channel == row.channel and tried_today):
        return None
    prompt = prepare(work, report) if report.received_at is None else None
    return Repeat(row.key, channel, report.reference, report.contract_id, prompt.draft.message if prompt else None)


def send_again(work: UnitOfWork, repeat: Repeat) -> bool:
    """Send a prompt or query once more, unless another worker does; returns whether it was."""
    if not outbox.send_again(work.session, repeat.key, repeat.channel, repeat.message, work.now):
        return False
    work.record("asked again", repeat.reference, contract_id=repeat.contract_id)
    return True
