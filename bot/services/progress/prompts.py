"""Prompts: asking for what is due, once, in working hours."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import String, cast, exists, literal, select
from sqlmodel import col

from bot.domain.calendar import is_working_time
from bot.domain.wording import format_date
from bot.models import Audience, Contract, Occurrence, Report
from bot.outbox import Draft
from bot.services import occurrences
from bot.services.contracts import register
from bot.services.progress import reports
from bot.services.progress.received_reports import prompt_key
from bot.services.work import Work

RULE = "report prompt"
NOTICEABLY_LATE = timedelta(hours=1)


def reports_to_prompt(work: Work) -> Sequence[Report]:
    """The awaited reports whose prompt has come due and has not been claimed."""
    claimed = exists().where(
        col(Occurrence.rule) == RULE,
        col(Occurrence.subject) == literal("report ") + cast(col(Report.id), String),
    )
    return work.session.scalars(
        select(Report)
        .where(col(Report.received_at).is_(None), col(Report.prompt_at) <= work.now, ~claimed)
        .order_by(col(Report.due_on), col(Report.id))
    ).all()


def prompt_for(work: Work, report: Report) -> bool:
    """Ask the partner for a report, in the shared channel; whether this work is the one that asked.

    Outside the working hours of the contract's nation it waits; a prompt that comes late says so.
    """
    contract = work.session.get_one(Contract, report.contract_id)
    if not is_working_time(work.now, contract.nation):
        return False
    channel = register.channel_of(work.session, contract.id, Audience.SHARED)
    if channel is None or not occurrences.claim(work, RULE, f"report {report.id}", report.prompt_at):
        return False
    due = reports.due_report(work, report, contract)
    missed = report.prompt_at if work.now - report.prompt_at > NOTICEABLY_LATE else None
    message = work.messages.message("report_prompt", due=due, missed=missed)
    why = f"the report for {due.period} on {contract.reference} is due on {format_date(report.due_on)}"
    work.enqueue(Draft(prompt_key(report), channel, Audience.SHARED, message, why, contract.id))
    work.record("report prompted", report.reference, contract_id=contract.id)
    return True
