"""Replies in the thread of a report's prompt: their figures are shown back, and recorded once confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlmodel import Session, col

from bot.access import Permission
from bot.delivery import outbox
from bot.domain.parts import NOTHING
from bot.domain.periods import Month
from bot.domain.report_cycle import REPORT, ReportEvent
from bot.domain.report_reply import ReplyRead, read_reply
from bot.domain.slack_text import mentioned_users, without_markup
from bot.domain.text_validation import optional_text
from bot.errors import UserError
from bot.models import Audience, Contract, FormDraft, Person, Report
from bot.services import drafts
from bot.services.lookup.kpis import KpiInPeriod, kpis_in
from bot.services.progress import received_reports, report_submission, reports
from bot.services.progress.doubts import doubts_about
from bot.services.progress.rated_figures import RatedFigure, rated
from bot.services.progress.received_reports import ReceivedReport, report_of_thread
from bot.services.progress.report_submission import NARRATIVE, field_of
from bot.services.progress.reports import DueReport, no_such_report
from bot.services.unit_of_work import ActorContext

REPLY = "report_reply"  # the draft form that holds what was read from replies
SEEN = "seen"  # the version of the report when they were read


@dataclass(frozen=True)
class ReadBack:
    """The figures read from somebody's replies, rated and shown for confirmation.

    `read` are the KPIs that the replies named, `doubts` the questions about figures that are far from the accepted
    ones, `version` identifies what was read. It waits until it is confirmed or a
    later reply replaces it.
    """

    due: DueReport
    by: str
    figures: Sequence[RatedFigure]
    read: Sequence[KpiInPeriod]
    commentary: str
    unclear: Sequence[str] = ()
    doubts: Sequence[str] = ()
    version: str = ""
    is_confirmed: bool = False
    is_replaced: bool = False

    @property
    def missing(self) -> list[KpiInPeriod]:
        """The KPIs without a figure."""
        return [each.kpi for each in self.figures if each.given.is_empty]


def is_about_a_report(session: Session, channel: str, thread: str, text: str) -> bool:
    """Whether a message in a thread has figures of a report, or may answer a query about it."""
    report = _report_of(session, channel, thread)
    if report is None:
        return False
    kpis = kpis_in(session, report.contract_id, Month.parse(report.period))
    return REPORT.allows(report.state, ReportEvent.ANSWERED) or read_reply(without_markup(text, {}), kpis).is_report


def is_of_a_report(session: Session, channel: str, thread: str) -> bool:
    """Whether a thread belongs to a report."""
    return _report_of(session, channel, thread) is not None


def take_reply(ctx: ActorContext, channel: str, thread: str, text: str) -> None:
    """Read a reply. Figures are shown back in the thread for confirmation; other text from the partner answers an open
    query.

    Anything else is ignored. Raises `UserError` or `Denied`.
    """
    report = _report_of(ctx.session, channel, thread)
    if report is None:
        raise no_such_report()
    contract = ctx.session.get_one(Contract, report.contract_id)
    words = without_markup(text, _names(ctx, text))
    read = read_reply(words, kpis_in(ctx.session, contract.id, Month.parse(report.period)))
    if not read.is_report and not ctx.may(Permission.REPORT_PROGRESS, contract, Audience.SHARED):
        return
    due = reports.report_of_button(ctx, report.public_id)
    if REPORT.allows(report.state, ReportEvent.ANSWERED) and not ctx.actor.is_department:
        received_reports.store_answer(ctx, report, words, answers=not read.is_report)
    if read.is_report:
        _read_back(ctx, due, read, channel, thread)


def confirm(ctx: ActorContext, key: str, seen: str) -> ReceivedReport:
    """Record the figures that were shown back. Raises `UserError` or `Denied`."""
    due = reports.report_of_button(ctx, key)
    row = _waiting(ctx, key, seen)
    due = replace(due, seen=row.entered[SEEN])
    values = _together(due, row.entered)
    asked = doubts_about(ctx, due, report_submission.figures_of(due, values))  # the message asked about them
    received = report_submission.submit_values(ctx, due, values, confirmed=asked.key)
    back = replace(_shown(ctx, due, row), is_confirmed=True)
    ctx.replace(
        row.shown_as, ctx.next_key(row.shown_as), ctx.messages.message("progress/read_back", back=back), _why(due)
    )
    forget_replies(ctx, key)
    return received


def to_correct(ctx: ActorContext, key: str, seen: str) -> tuple[DueReport, dict[str, str]]:
    """The report and the values for its form: the figures that were read beside the reported ones. Raises `UserError`
    or `Denied`."""
    due = reports.report_of_button(ctx, key)
    return due, _together(due, _waiting(ctx, key, seen).entered)


def forget_replies(ctx: ActorContext, key: str) -> None:
    """Discard what was read from the actor's replies, because the report was sent. Raises `Denied`."""
    reports.report_of_button(ctx, key)
    drafts.discard(ctx, REPLY, key)


def _report_of(session: Session, channel: str, thread: str) -> Report | None:
    begun = outbox.find_original(session, channel, thread)
    number = None if begun is None else report_of_thread(begun.key)
    return None if number is None else session.get(Report, number)


def _names(ctx: ActorContext, text: str) -> dict[str, str]:
    people = select(col(Person.slack), col(Person.name)).where(col(Person.slack).in_(mentioned_users(text)))
    return dict(ctx.session.execute(people).all())


def _waiting(ctx: ActorContext, key: str, seen: str) -> FormDraft:
    row = drafts.find(ctx, REPLY, key)
    if row is None:
        raise UserError(
            "You have nothing to confirm here, so nothing was done: it was confirmed already, or somebody else "
            "wrote it. To report yourself, use the button of the message with which this thread begins."
        )
    if drafts.version(row) != seen:
        raise UserError("You have written more since, so nothing was recorded. Confirm what was read last.")
    return row


def _read_back(ctx: ActorContext, due: DueReport, read: ReplyRead, channel: str, thread: str) -> None:
    """Add what was read to what was read before, and show it in the thread."""
    subject, kpis = due.report.public_id, {kpi.id: kpi for kpi in due.kpis}
    before = drafts.find(ctx, REPLY, subject)
    entered = dict(before.entered) if before else {}
    if before is not None:
        last = replace(_shown(ctx, due, before), is_replaced=True)
        ctx.replace(
            before.shown_as, ctx.next_key(before.shown_as), ctx.messages.message("progress/read_back", back=last), ""
        )
    entered |= {field_of(kpis[number]): given.written(kpis[number].unit) for number, given in read.figures.items()}
    said = "\n".join(filter(None, (entered.get(NARRATIVE, ""), read.commentary)))
    entered[SEEN] = due.seen
    entered[NARRATIVE] = optional_text(said, what="what you wrote", at_most=3000, field=NARRATIVE, deliberate=False)
    key = ctx.next_key(f"report-{due.report.id}-read")
    row = drafts.save(ctx, REPLY, subject, entered, shown_as=key)
    back = _shown(ctx, due, row, read.unclear)
    begun = outbox.find_original(ctx.session, channel, thread)
    if begun is not None:
        ctx.reply(begun.key, key, ctx.messages.message("progress/read_back", back=back), _why(due))


def _shown(ctx: ActorContext, due: DueReport, row: FormDraft, unclear: Sequence[str] = ()) -> ReadBack:
    figures = report_submission.figures_of(due, _together(due, row.entered))
    return ReadBack(
        due,
        ctx.actor.name,
        [rated(kpi, figures.get(kpi.id, NOTHING)) for kpi in due.kpis],
        [kpi for kpi in due.kpis if field_of(kpi) in row.entered],
        row.entered[NARRATIVE],
        unclear,
        doubts_about(ctx, due, figures).questions,
        drafts.version(row),
    )


def _together(due: DueReport, entered: dict[str, str]) -> dict[str, str]:
    """The form's values: the report, with the figures that were read in place of its own and the text added."""
    values = report_submission.values_of(due)
    both = (values[NARRATIVE], entered.get(NARRATIVE, ""))
    return {**values, **entered, NARRATIVE: "\n".join(filter(None, both))}


def _why(due: DueReport) -> str:
    return f"somebody wrote figures in the thread of the report for {due.period} on {due.contract.reference}"
