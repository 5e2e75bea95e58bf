"""`/contract`: one's contracts as a list and each on one page, and the words that keep them."""

from collections.abc import Callable
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.access import Action
from bot.domain.command_line import split_command
from bot.messages import Message
from bot.models import Audience
from bot.services.contracts import contract_card, contract_dates, contract_duties, contract_history, contract_list
from bot.services.contracts import register as contract_register
from bot.services.partners import partner_card
from bot.services.work import Act
from handlers import contract_channel, contract_forms, contract_people, contract_upcoming, nudges
from handlers.arrivals import Click, Command
from handlers.desk import Desk, Foresee
from handlers.one_line import Incomplete, UnknownWord, first_in_lower_case
from handlers.outcome import Outcome
from handlers.pages import turn, turned, turned_words

COMMAND = "/contract"


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the journey."""
    desk.on_command(app, COMMAND, partial(command, desk.foresee), takes_long=contract_upcoming.is_asked)
    for action in ("contract_page_before", "contract_page_after"):
        desk.on_click(app, action, turn_page)
    for action in ("history_before", "history_after"):
        desk.on_click(app, action, turn_history)
    contract_forms.register(app, desk)
    contract_people.register(app, desk)


def command(foresee: Foresee, act: Act, command: Command) -> Outcome:
    """`/contract` alone shows the contract of the channel, or the list of one's own; a word says what else."""
    match first_in_lower_case(split_command(command.text)):
        case []:
            return Outcome.answers(_here(act, command.channel))
        case ["help"]:
            return Outcome.answers(act.messages.help(COMMAND))
        case ["list", *words]:
            return Outcome.answers(_list(act, words))
        case ["new"]:
            return contract_forms.new(act)
        case ["stage", *words]:
            return contract_forms.stage(act, command.channel, words)
        case ["upcoming", *words]:
            return contract_upcoming.upcoming(act, words, foresee)
        case ["channel", *words]:
            return contract_channel.channel(act, command.channel, words)
        case [word, *words] if word in ABOUT_ONE:
            return ABOUT_ONE[word](act, _which(act, command.channel, words))
        case [word, *_]:
            raise UnknownWord(act.messages.commands[COMMAND], word)
    raise AssertionError("every list of words is matched above")


def turn_page(act: Act, click: Click) -> Outcome:
    """Show another page of a list in its place. The button carries the page and the words of the list."""
    number, words = turned_words(click)
    return Outcome.says(_list(act, words, number), in_place=True)


def turn_history(act: Act, click: Click) -> Outcome:
    """Show another page of a contract's history in its place."""
    number, reference = turned(click)
    return Outcome.says(_history(act, reference, number), in_place=True)


def _which(act: Act, channel: str, words: list[str]) -> str:
    """The contract that the words name, or the channel's. Incomplete where there is neither."""
    named = " ".join(words) or contract_register.reference_of_channel(act.session, channel)
    if not named:
        raise Incomplete("a contract's reference, or words of its title or its partner's name")
    return named


def _here(act: Act, channel: str) -> Message:
    """The page of the channel's contract, where it is one of the asker's; else their list."""
    here = contract_register.reference_of_channel(act.session, channel)
    own = {contract.reference for contract in act.contracts_open_to(Action.SEE, Audience.SHARED)}
    own |= {contract.reference for contract in act.contracts_open_to(Action.SEE)}
    return _card(act, here) if here in own else _list(act, [])


def _card(act: Act, typed: str) -> Message:
    if not act.actor.is_department:
        return act.messages.message("partner_card", card=partner_card.partner_card(act, typed))
    return act.messages.message("contract_card", card=contract_card.contract_card(act, typed))


def _history(act: Act, typed: str, number: int = 1) -> Message:
    return act.messages.message("contract_history", history=contract_history.contract_history(act, typed, number))


def _duties(act: Act, typed: str) -> Message:
    return act.messages.message("contract_duties", found=contract_duties.contract_duties(act, typed))


def _dates(act: Act, typed: str) -> Message:
    return act.messages.message("contract_dates", dates=contract_dates.contract_dates(act, typed), today=act.today)


def _list(act: Act, words: list[str], number: int = 1) -> Message:
    if not act.actor.is_department:
        return act.messages.message("partner_contracts", contracts=partner_card.partner_contracts(act))
    page = contract_list.list_contracts(act, words, number)
    return act.messages.message("contract_list", page=page, turn=partial(turn, page.words))


ABOUT_ONE: dict[str, Callable[[Act, str], Outcome]] = {
    "show": lambda act, typed: Outcome.answers(_card(act, typed)),
    "edit": contract_forms.edit,
    "people": contract_people.people,
    "dates": lambda act, typed: Outcome.answers(_dates(act, typed)),
    "duties": lambda act, typed: Outcome.answers(_duties(act, typed)),
    "history": lambda act, typed: Outcome.answers(_history(act, typed)),
    "nudges": nudges.rules,
}
