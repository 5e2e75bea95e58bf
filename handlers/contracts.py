"""Looking at contracts: the list of one's own, and each on one page."""

from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.access import Action
from bot.domain.command_line import split_command
from bot.messages import Message
from bot.services import contract_card, contract_list
from bot.services import register as contract_register
from bot.services.contract_list import Page
from bot.services.work import Act
from handlers.arrivals import Click, Command
from handlers.desk import Desk
from handlers.one_line import Incomplete, UnknownWord, first_in_lower_case
from handlers.outcome import Outcome

COMMAND = "/contract"


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the journey."""
    desk.on_command(app, COMMAND, command)
    desk.on_click(app, "contract_page_before", turn_page)
    desk.on_click(app, "contract_page_after", turn_page)


def command(act: Act, command: Command) -> Outcome:
    """`/contract` alone shows the contract of the channel, or the list of one's own."""
    match first_in_lower_case(split_command(command.text)):
        case []:
            return _answers(_here(act, command.channel))
        case ["list", *words]:
            return _answers(_list(act, words))
        case ["show"]:
            raise Incomplete("a contract's reference, or words of its title or its partner's name")
        case ["show", *words]:
            return _answers(_card(act, " ".join(words)))
        case ["help"]:
            return Outcome.answers(act.messages.help(COMMAND))
        case [word, *_]:
            raise UnknownWord(act.messages.commands[COMMAND], word)
    raise AssertionError("every list of words is matched above")


def turn_page(act: Act, click: Click) -> Outcome:
    """Show another page of a list in its place. The button carries the page and the words of the list."""
    number, _, words = click.value.partition(" ")
    page = int(number) if number.isdecimal() and len(number) < 6 else 1
    return Outcome(say=_list(act, split_command(words), page).as_answer(), in_place=True, keep=False)


def _answers(message: Message) -> Outcome:
    return Outcome(ack=message.as_answer(), keep=False)


def _here(act: Act, channel: str) -> Message:
    """The page of the channel's contract, where it is one of the asker's; else their list."""
    here = contract_register.reference_of_channel(act.session, channel)
    own = {contract.reference for contract in act.contracts_open_to(Action.SEE)}
    return _card(act, here) if here in own else _list(act, [])


def _card(act: Act, typed: str) -> Message:
    return act.messages.message("contract_card", card=contract_card.contract_card(act, typed))


def _list(act: Act, words: list[str], number: int = 1) -> Message:
    page = contract_list.list_contracts(act, words, number)
    return act.messages.message("contract_list", page=page, turn=partial(_turn, page))


def _turn(page: Page, number: int) -> str:
    """What a button that turns to a page carries."""
    return " ".join([str(number), *(f'"{word}"' for word in page.words)])
