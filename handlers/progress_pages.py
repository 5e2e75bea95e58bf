"""`/progress show`, `history` and `grid`: one report, the figures of one KPI, the ratings of many contracts."""

from dataclasses import replace

from bot.access import Action
from bot.domain.periods import NotAMonth, parse_month
from bot.models import Audience
from bot.services.contracts import register
from bot.services.progress import kpi_history, rating_grid, report_card
from bot.services.work import Act
from handlers.links import with_link
from handlers.one_line import Incomplete
from handlers.outcome import Outcome


def show(act: Act, channel: str, words: list[str]) -> Outcome:
    """`show WP-NE December 2026`; without a month the latest, and in a contract's channel without its reference."""
    here = register.reference_of_channel(act.session, channel)
    if here and (not words or _is_month(act, " ".join(words))):
        words = [here, *words]
    if not words:
        raise Incomplete("a contract's reference, and perhaps a month")
    card = report_card.report_card(act, words[0], " ".join(words[1:]))

    def shown(act: Act, link: str) -> Outcome:
        return Outcome.answers(act.messages.message("report_card", card=replace(card, link=link)))

    return with_link(act, card.message, shown)


def history(act: Act, channel: str, words: list[str]) -> Outcome:
    """`history WP-NE starts`; in a contract's channel its reference can be left out."""
    here = register.reference_of_channel(act.session, channel)
    own = {contract.reference for contract in act.contracts_open_to(Action.SEE, Audience.SHARED)}
    if here in own and not (words and words[0].upper() in own):
        words = [here or "", *words]
    if not words:
        raise Incomplete("a contract's reference and one of its KPIs")
    found = kpi_history.kpi_history(act, words[0], " ".join(words[1:]))
    return Outcome.answers(act.messages.message("kpi_history", history=found))


def grid(act: Act) -> Outcome:
    """`grid`: the ratings of one's contracts month by month."""
    return Outcome.answers(act.messages.message("rating_grid", grid=rating_grid.rating_grid(act)))


def _is_month(act: Act, typed: str) -> bool:
    try:
        parse_month(typed, act.today)
    except NotAMonth:
        return False
    return True
