"""Reporting progress: from the prompt's button, by form, or in one line."""

from slack_bolt.async_app import AsyncApp

from bot.access import Action
from bot.domain.command_line import split_command
from bot.domain.london import london
from bot.domain.parts import JOINS, Given, parse_given
from bot.errors import UserError
from bot.messages import View
from bot.models import Audience
from bot.services import kept_forms
from bot.services.contracts import register as contract_register
from bot.services.progress import receiving, replies, reports
from bot.services.progress.report_values import FigureOf, submit_values, values_of
from bot.services.progress.reports import DueReport
from bot.services.work import Act
from handlers import fields, progress_decisions, progress_judging, progress_list, progress_pages, progress_thread
from handlers.arrivals import Click, Command, Submission
from handlers.desk import Desk
from handlers.one_line import Incomplete, UnknownWord, first_in_lower_case
from handlers.outcome import Outcome

COMMAND = "/progress"


class NotKpiAndFigure(UserError):
    """A word of a one-line report is not a KPI, an equals sign and a figure."""

    def __init__(self, typed: str) -> None:
        super().__init__(f"“{typed[:80]}” is not a KPI and its figure. Write them with an equals sign: starts=97.2.")


class GivenTwice(UserError):
    """A one-line report has two figures for one KPI."""

    def __init__(self, kpi: str) -> None:
        super().__init__(f"{kpi} has two figures. Give each KPI once.")


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the journey."""
    desk.on_command(app, COMMAND, command)
    desk.on_submit(app, "progress_choose", choose)
    desk.on_submit(app, "report_form", submit)
    desk.on_click(app, "report_open", open_from_prompt)
    desk.on_click(app, "report_draft", keep_draft)
    progress_list.register(app, desk)
    progress_decisions.register(app, desk)
    progress_judging.register(app, desk)
    progress_thread.register(app, desk)


def command(act: Act, command: Command) -> Outcome:
    """`/progress` opens the report that is due; `/progress report REF kpi=figure ...` is recorded at once."""
    match first_in_lower_case(split_command(command.text)):
        case [] | ["report"]:
            return Outcome.opens(_form_for_channel(act, command))
        case ["report", reference]:
            return Outcome.opens(_form(act, reports.next_due(act, reference)))
        case ["report", reference, *figures]:
            due = reports.next_due(act, reference)
            said = {**due.figures, **_figures_in_line(due, figures)}  # what answers a query leaves the rest as it was
            received = receiving.submit_report(act, due, said, due.report.narrative, due.outlook, deliberate=True)
            return Outcome.answers(act.messages.message("report_received", received=received), keep=True)
        case ["list", *words]:
            return progress_list.answer(act, words)
        case ["show", *words]:
            return progress_pages.show(act, command.channel, words)
        case ["history", *words]:
            return progress_pages.history(act, command.channel, words)
        case ["grid"]:
            return progress_pages.grid(act)
        case ["help"]:
            return Outcome.answers(act.messages.help(COMMAND))
        case [word, *_]:
            raise UnknownWord(act.messages.commands[COMMAND], word)
    raise Incomplete("the contract's reference and its figures")


def choose(act: Act, form: Submission) -> Outcome:
    """The contract was chosen: turn the form into that contract's report."""
    view = _form(act, reports.next_due(act, form.values.get("contract", "")))
    return Outcome(ack={"response_action": "update", "view": view}, keep=False)


def open_from_prompt(act: Act, click: Click) -> Outcome:
    """The prompt's button: open the form of the report it asks for."""
    return Outcome.opens(_form(act, reports.report_of_button(act, click.record_id)))


def submit(act: Act, form: Submission) -> Outcome:
    """Record the figures that the form brought, each read in its KPI's unit."""
    due = reports.report_of_button(act, form.record_id)
    received = submit_values(act, due, form.values, deliberate=fields.keeps_anyway(form.values))
    replies.forget_replies(act, due.report.id)
    return Outcome.shows(act.messages.view("report_done", received=received))


def keep_draft(act: Act, click: Click) -> Outcome:
    """Keep what the form holds, for whoever typed it alone: nothing is reported."""
    due = reports.report_of_button(act, click.record_id)
    kept = kept_forms.keep(act, "report_form", str(due.report.id), click.values, since=click.since)
    until = london(kept.at + kept_forms.KEPT_FOR).date()
    return Outcome.says(act.messages.message("report_draft", due=due, until=until), keep=True)


def _form_for_channel(act: Act, command: Command) -> View:
    """The due report of the channel's contract; elsewhere, the form that asks which contract."""
    contracts = contract_register.contracts_for(act, Action.REPORT_PROGRESS, Audience.SHARED)
    here = contract_register.reference_of_channel(act.session, command.channel)
    if here in {contract.reference for contract in contracts}:
        return _form(act, reports.next_due(act, here))
    return act.messages.view("progress_choose", contracts=contracts)


def _form(act: Act, due: DueReport) -> View:
    return act.messages.view("report_form", due=due, values=values_of(due))


def _figures_in_line(due: DueReport, words: list[str]) -> dict[int, Given]:
    values: dict[int, Given] = {}
    for word in _joined(words):
        name, equals, figure = word.rpartition("=")
        if not equals or not name:
            raise NotKpiAndFigure(word)
        kpi = reports.find_kpi(name, due.kpis)
        if kpi.id in values:
            raise GivenTwice(kpi.name)
        try:
            values[kpi.id] = parse_given(figure, kpi.unit, kpi.combines, kpi.direction)
        except UserError as error:
            raise FigureOf(kpi.name, error) from error
    return values


def _joined(words: list[str]) -> list[str]:
    """The figures of one line, each with its parts: "clearance=21.5 over 340" is three words and one figure."""
    joined: list[str] = []
    for word in words:
        before = joined[-1] if joined else ""
        if before and (word.casefold() in JOINS or before.rpartition(" ")[2].casefold() in JOINS):
            joined[-1] = f"{before} {word}"
        else:
            joined.append(word)
    return joined
