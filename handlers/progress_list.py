"""`/progress list`: the reports that are open, a page at a time, turned in place."""

from slack_bolt.async_app import AsyncApp

from bot.domain.wording import nearest, quoted
from bot.errors import UserError
from bot.messages import Message
from bot.services.progress import report_list
from bot.services.work import Act
from handlers.arrivals import Click
from handlers.desk import Desk
from handlers.outcome import Outcome
from handlers.pages import turned

LATE = "late"


class NotAList(UserError):
    """What was typed after list narrows nothing."""

    def __init__(self, typed: str) -> None:
        meant = f"Did you mean {LATE}?" if nearest(typed, [LATE]) else f"After list comes {LATE}, or nothing."
        super().__init__(f"/progress list does not know {quoted(typed)}. {meant}")


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the buttons that turn the pages."""
    for action in ("progress_page_before", "progress_page_after"):
        desk.on_click(app, action, turn_page)


def answer(act: Act, words: list[str]) -> Outcome:
    """`list` and `list late`. NotAList."""
    typed = " ".join(words)
    if typed.casefold() not in ("", LATE):
        raise NotAList(typed)
    return Outcome.answers(_list(act, late_only=bool(typed)))


def turn_page(act: Act, click: Click) -> Outcome:
    """Show another page in place. The button carries the page, and whether only late ones are listed."""
    number, rest = turned(click)
    return Outcome.says(_list(act, late_only=rest == LATE, number=number), in_place=True)


def _list(act: Act, *, late_only: bool, number: int = 1) -> Message:
    return act.messages.message("progress_list", page=report_list.list_reports(act, late_only=late_only, page=number))
