"""`/liaison holidays`: the bank holidays that administrators add or take out."""

import re
from datetime import date

from bot.domain.calendar import Nation
from bot.domain.command_line import parse_date
from bot.errors import UserError
from bot.interactions import record_forms
from bot.interactions.commands import Typed
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.records import HolidayRecord
from bot.services.holidays import proclaimed
from bot.services.holidays.proclaimed import ChangedHoliday, HolidayList
from bot.services.unit_of_work import ActorContext

EXAMPLE = "/liaison holidays add 15 June 2026 Scotland: World Cup"
_NATIONS = {"england": Nation.ENGLAND_AND_WALES, "wales": Nation.ENGLAND_AND_WALES, "ni": Nation.NORTHERN_IRELAND} | {
    nation.value.casefold(): nation for nation in Nation
}
_NAMES = "|".join(sorted(_NATIONS, key=len, reverse=True))
_LINE = re.compile(rf"(?P<day>.+?),? (?:in )?(?P<nation>{_NAMES})\b[:,]?(?P<name>.*)", re.IGNORECASE)


def register(router: Router) -> None:
    """Register the form and the buttons."""
    router.on_submit("holiday_form", writes(submit))
    router.on_click("holiday_open", reads(open_form))
    router.on_click("holiday_undo", writes(undo))


def holidays(ctx: ActorContext, typed: Typed) -> Response:
    """List the bank holidays that the register knows, or add or take out one that is typed."""
    word, _, line = typed.rest.strip().partition(" ")
    match word.casefold():
        case "":
            return Response.answers(ctx.messages.message("holidays/list", list=proclaimed.holidays_for(ctx)))
        case "add":
            nation, day, name = _read(line, ctx.today)
            holiday = HolidayRecord(nation=nation, day=day, name=name or "Bank holiday")
            return _changed(ctx, proclaimed.add_for(ctx, holiday))
        case "remove":
            nation, day, _ = _read(line, ctx.today)
            return _changed(ctx, proclaimed.remove_for(ctx, nation, day))
    raise UserError(f"Type add or remove, a day and a nation, for example {EXAMPLE}")


def open_form(ctx: ActorContext, _click: Click) -> Response:
    """Open the form for a bank holiday."""
    proclaimed.holidays_for(ctx)
    return Response.opens(ctx.messages.view("holidays/form", inputs=record_forms.inputs(HolidayRecord, {}, {})))


def submit(ctx: ActorContext, form: Submission) -> Response:
    """Add the bank holiday of a form."""
    changed = proclaimed.add_for(ctx, record_forms.read(HolidayRecord, form.values))
    return Response.shows(ctx.messages.view("holidays/added", holiday=changed))


def undo(ctx: ActorContext, click: Click) -> Response:
    """Undo what a row of the list says, and show the rest in its place."""
    return Response.says(ctx.messages.message("holidays/list", list=_undone(ctx, click)), in_place=True)


def _undone(ctx: ActorContext, click: Click) -> HolidayList:
    return proclaimed.undo(ctx, click.record_key)


def _changed(ctx: ActorContext, holiday: ChangedHoliday) -> Response:
    return Response.answers(ctx.messages.message("holidays/changed", holiday=holiday))


def _read(line: str, today: date) -> tuple[Nation, date, str]:
    """The nation, the day and the name of a line. Raises `UserError`."""
    found = _LINE.fullmatch(" ".join(line.split()))
    if found is None:
        raise UserError(f"Name a day and one of {', '.join(Nation)}, for example {EXAMPLE}")
    return _NATIONS[found["nation"].casefold()], parse_date(found["day"], today), found["name"].strip()
