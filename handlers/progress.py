"""`/progress`: reporting by form, from a prompt or in one line, and the lists, pages and charts of reports."""

from collections.abc import Mapping
from dataclasses import replace

from bot.access import Permission
from bot.delivery.messages import Message, View
from bot.domain.london import london
from bot.domain.parts import FigureWithParts, check_separators
from bot.domain.periods import NotAMonth, parse_month
from bot.domain.references import code_typed
from bot.domain.report_line import pairs
from bot.domain.wording import nearest, quoted
from bot.errors import UserError
from bot.interactions import error_responses, form_fields
from bot.interactions.commands import CommandTable, Subcommand, Typed, incomplete
from bot.interactions.pagination import turned
from bot.interactions.payloads import Click, Submission
from bot.interactions.permalinks import with_link
from bot.interactions.response import Response, asks_and_writes, reads, writes
from bot.interactions.router import Router
from bot.models import Audience
from bot.services import drafts
from bot.services.lookup import contracts as contract_lookup
from bot.services.progress import (
    kpi_history,
    rating_grid,
    report_card,
    report_list,
    report_replies,
    report_submission,
    reports,
)
from bot.services.progress.doubts import Doubtful
from bot.services.progress.report_submission import figure_error, submit_values, values_of
from bot.services.progress.reports import DueReport
from bot.services.unit_of_work import ActorContext
from handlers import reports as report_handlers


def show(ctx: ActorContext, channel: str, words: list[str]) -> Response:
    """`show WP-NE December 2026` shows a report: the latest without a month, the channel's contract without a
    reference."""
    here = contract_lookup.reference_of_channel(ctx.session, channel)
    if here and (not words or _is_month(ctx, " ".join(words))):
        words = [here, *words]
    if not words:
        raise incomplete("a contract's reference, and perhaps a month")
    card = report_card.report_card(ctx, words[0], " ".join(words[1:]))

    def shown(ctx: ActorContext, link: str) -> Response:
        return Response.answers(ctx.messages.message("progress/report", card=replace(card, link=link)))

    return with_link(ctx, card.message, shown)


def history(ctx: ActorContext, channel: str, words: list[str]) -> Response:
    """`history WP-NE starts` shows a KPI's history; the reference can be left out in a contract's channel."""
    here = contract_lookup.reference_of_channel(ctx.session, channel)
    own = {contract.reference for contract in ctx.contracts_open_to(Permission.SEE, Audience.SHARED)}
    if here in own and not (words and code_typed(words[0]) in own):
        words = [here or "", *words]
    if not words:
        raise incomplete("a contract's reference and one of its KPIs")
    found = kpi_history.kpi_history(ctx, words[0], " ".join(words[1:]))
    return Response.answers(ctx.messages.message("progress/kpi_history", history=found))


def grid(ctx: ActorContext) -> Response:
    """`grid` shows the ratings of the actor's contracts month by month."""
    return Response.answers(ctx.messages.message("progress/rating_grid", grid=rating_grid.rating_grid(ctx)))


def _is_month(ctx: ActorContext, typed: str) -> bool:
    try:
        parse_month(typed, ctx.today)
    except NotAMonth:
        return False
    return True


LATE = "late"


def _not_a_list(typed: str) -> UserError:
    """What was typed after list narrows nothing."""
    meant = f"Did you mean {LATE}?" if nearest(typed, [LATE]) else f"After list comes {LATE}, or nothing."
    return UserError(f"/progress list does not know {quoted(typed)}. {meant}")


def register_list(router: Router) -> None:
    """Register the buttons that turn the pages."""
    for action in ("progress_page_before", "progress_page_after"):
        router.on_click(action, reads(turn_page))


def show_list(ctx: ActorContext, words: list[str]) -> Response:
    """`list` and `list late` show the open reports. Raises `UserError`."""
    typed = " ".join(words)
    if typed.casefold() not in ("", LATE):
        raise _not_a_list(typed)
    return Response.answers(_list(ctx, late_only=bool(typed)))


def turn_page(ctx: ActorContext, click: Click) -> Response:
    """Show another page in place. The button carries the page number and whether only late reports are listed."""
    number, rest = turned(click)
    return Response.says(_list(ctx, late_only=rest == LATE, number=number), in_place=True)


def _list(ctx: ActorContext, *, late_only: bool, number: int = 1) -> Message:
    return ctx.messages.message("progress/list", page=report_list.list_reports(ctx, late_only=late_only, page=number))


def register(router: Router) -> None:
    """Register the forms and buttons."""
    router.on_submit("progress_choose", writes(choose))
    router.on_submit("report_form", writes(submit))
    router.on_click("report_open", reads(open_from_prompt))
    router.on_click("report_draft", writes(keep_draft))
    register_list(router)
    report_handlers.register_decisions(router)
    report_handlers.register_judging(router)
    report_handlers.register_thread(router)


def _due_here(ctx: ActorContext, typed: Typed) -> Response:
    return Response.opens(_form_for_channel(ctx, typed.channel))


def _report(ctx: ActorContext, typed: Typed) -> Response:
    """`report REF kpi=figure ...` is recorded at once; without figures the form opens."""
    if not typed.rest:
        return _due_here(ctx, typed)
    reference, *figures = typed.words
    due = reports.next_due(ctx, reference)
    if not figures:
        return Response.opens(_form(ctx, due))
    said = {
        **due.figures,
        **_figures_in_line(due, " ".join(figures)),
    }  # an answer to a query changes only the figures that it names
    try:
        report = due.report
        received = report_submission.submit_report(
            ctx, due, said, report.narrative, due.outlook, report.evidence, deliberate=True
        )
    except Doubtful as error:
        return _asks(ctx, due, said, error)
    return Response.answers(ctx.messages.message("progress/received", received=received))


def _asks(ctx: ActorContext, due: DueReport, figures: Mapping[int, FigureWithParts], error: Doubtful) -> Response:
    """Open the form with the figures of a line, and ask whether they are right. Raises the error if it has no room."""
    form = report_handlers.form_view(ctx, due, values_of(replace(due, figures=figures)))
    asking = error_responses.with_doubts(ctx.messages, form, error)
    if asking is None:
        raise error
    return replace(Response.opens(asking), offers=False)


def choose(ctx: ActorContext, form: Submission) -> Response:
    """Turn the form into the report of the contract that was chosen in it."""
    view = _form(ctx, reports.next_due(ctx, form.values.get("contract", "")))
    return Response(ack={"response_action": "update", "view": view}, keep=False)


def open_from_prompt(ctx: ActorContext, click: Click) -> Response:
    """Open the form of the report that a prompt asks for."""
    return Response.opens(form_of_button(ctx, click.record_key))


def form_of_button(ctx: ActorContext, key: str) -> View:
    """The form of the report with the key that a button carries."""
    return _form(ctx, reports.report_of_button(ctx, key))


def submit(ctx: ActorContext, form: Submission) -> Response:
    """Record the figures of the form, each read in its KPI's unit."""
    due = reports.report_of_button(ctx, form.record_key)
    received = submit_values(
        ctx,
        due,
        form.values,
        deliberate=form_fields.keeps_anyway(form.values),
        confirmed=form_fields.figures_confirmed(form.values),
    )
    report_replies.forget_replies(ctx, due.report.public_id)
    return Response.shows(ctx.messages.view("progress/done", received=received))


def keep_draft(ctx: ActorContext, click: Click) -> Response:
    """Save the form as the actor's own draft; nothing is reported."""
    due = reports.report_of_button(ctx, click.record_key)
    kept = drafts.save(ctx, "report_form", due.report.public_id, click.values, since=click.since)
    until = london(kept.at + drafts.KEPT_FOR).date()
    return Response.says(ctx.messages.message("progress/draft", due=due, until=until))


def _form_for_channel(ctx: ActorContext, channel: str) -> View:
    """The form of the due report of the channel's contract; elsewhere the form that asks for a contract."""
    contracts = contract_lookup.contracts_for(ctx, Permission.REPORT_PROGRESS, Audience.SHARED)
    here = contract_lookup.reference_of_channel(ctx.session, channel)
    if here in {contract.reference for contract in contracts}:
        return _form(ctx, reports.next_due(ctx, here))
    return ctx.messages.view("progress/choose", contracts=contracts)


def _form(ctx: ActorContext, due: DueReport) -> View:
    return report_handlers.form_view(ctx, due, values_of(due))


def _figures_in_line(due: DueReport, line: str) -> dict[int, FigureWithParts]:
    values: dict[int, FigureWithParts] = {}
    for name, figure in pairs(line, due.kpis):
        kpi = reports.find_kpi(name, due.kpis)
        if kpi.id in values:
            raise UserError(f"{kpi.name} has two figures. Give each KPI once.")
        try:
            check_separators(figure, kpi.unit)
            values[kpi.id] = kpi.given(figure)
        except UserError as error:
            raise figure_error(kpi.name, error) from error
    return values


COMMAND = CommandTable(
    "/progress",
    about="Report figures, and see what was reported",
    hint="report WP-NE starts=97.2 outcomes=88, list, show, history, grid, or nothing for a form",
    does="reports the figures of a contract’s key performance indicators (KPIs) for the oldest report due, and shows "
    "past reports.",
    contract=True,
    subcommands=[
        # The first two write even for a form: opening it also opens the due report if no job has.
        Subcommand(
            "",
            does="opens the form of the report that is due",
            task="Report figures",
            who=Permission.REPORT_PROGRESS,
            handler=writes(_due_here),
        ),
        Subcommand(
            "report",
            example="WP-NE starts=97.2 outcomes=88",
            does="reports the figures without a form",
            more={
                "HA-EW graded=972/1000 clearance=21.5 over 340": "the same with the parts of each figure, so that it "
                "can be shown over several months"
            },
            who=Permission.REPORT_PROGRESS,
            handler=writes(_report),
        ),
        Subcommand(
            "list",
            example="late",
            does="lists late reports; without late, also those due or waiting for a decision",
            who=None,
            handler=reads(lambda ctx, typed: show_list(ctx, typed.words)),
        ),
        Subcommand(
            "show",
            example="WP-NE December 2026",
            does="shows one report, where you can accept or query it, verify figures or override a rating; without a "
            "month, the latest",
            who=None,
            handler=asks_and_writes(lambda ctx, typed: show(ctx, typed.channel, typed.words)),
        ),
        Subcommand(
            "history",
            example="WP-NE starts",
            does="shows a KPI over the last 24 reports with its target, and over 3 months, 12 months and since the "
            "start",
            who=None,
            handler=reads(lambda ctx, typed: history(ctx, typed.channel, typed.words)),
        ),
        Subcommand(
            "grid",
            does="shows the ratings of your contracts in the last 6 months, worst first",
            who=None,
            handler=reads(lambda ctx, _typed: grid(ctx)),
        ),
    ],
    notes=[
        "Name a KPI by its short code, or its full name in quotation marks. A KPI that you leave out is rated Other.",
    ],
)
