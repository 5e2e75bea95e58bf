"""`/contract`: contracts as a list and each on one page, their channels, and what will be sent."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.access import Permission, RegisterPermission
from bot.delivery.messages import Message
from bot.delivery.slack_facts import ChannelFacts
from bot.domain.calendar import Nation
from bot.domain.command_line import split_command
from bot.domain.london import london_instant
from bot.interactions.pagination import turn, turned, turned_words
from bot.interactions.payloads import Click, Command
from bot.interactions.response import Response
from bot.interactions.router import Foresee, Router
from bot.interactions.subcommands import Incomplete, UnknownWord, first_in_lower_case
from bot.models import Audience
from bot.services.contracts import contract_channels, contract_history
from bot.services.contracts.contract_channels import Binding
from bot.services.due import contract_dates, contract_duties
from bot.services.lookup import contracts as contract_lookup
from bot.services.pages import contract as contract_page
from bot.services.pages import contracts as contract_list
from bot.services.pages import partners as partner_pages
from bot.services.pages import upcoming as upcoming_page
from bot.services.pages.upcoming import Upcoming
from bot.services.unit_of_work import ActorContext
from handlers import contract_forms, reminders


def channel(ctx: ActorContext, here: str, words: list[str]) -> Response:
    """`channel WP-NE` binds it, as shared or internal by who is in it; `portfolio` and `none` say what they do."""
    named = " ".join(words)
    if named.casefold() == "none":
        unbound = contract_channels.unbind(ctx, here)
        return Response.answers(ctx.messages.message("contracts/channel_released", binding=unbound), keep=True)
    if named.casefold() == "portfolio":
        ctx.require_on_register(RegisterPermission.ADMINISTER)
        return Response.after(
            lambda slack: slack.channel(here),
            lambda ctx, facts: _bound(ctx, contract_channels.bind_portfolio(ctx, facts)),
        )
    named = named or contract_lookup.reference_of_channel(ctx.session, here) or ""
    if not named:
        raise Incomplete("a contract's reference, in the channel that you mean")
    reference = contract_channels.channel_to_bind(ctx, named)

    def then(ctx: ActorContext, facts: ChannelFacts) -> Response:
        return _bound(ctx, contract_channels.bind(ctx, reference, facts))

    return Response.after(lambda slack: slack.channel(here), then)


def _bound(ctx: ActorContext, binding: Binding) -> Response:
    return Response.answers(ctx.messages.message("contracts/channel_bound", binding=binding), keep=True)


WORKING_DAYS = 10
WITHIN = timedelta(minutes=5)


def is_asked(command: Command) -> bool:
    """Whether a command asks for it: every job is rehearsed then, which takes longer than an acknowledgement may."""
    return first_in_lower_case(command.text.split(maxsplit=1))[:1] == ["upcoming"]


def upcoming(ctx: ActorContext, words: list[str], foresee: Foresee) -> Response:
    """Rehearse the jobs, and show what is about the asker's contracts, or about the one that the words name."""
    typed = " ".join(words)
    upcoming_page.contracts_meant(ctx, typed)  # a wrong one is refused before anything is rehearsed
    last = ctx.calendar.of(Nation.ENGLAND_AND_WALES).add_working_days(ctx.today, WORKING_DAYS)
    until = london_instant(last, 23, 59)

    def then(ctx: ActorContext, foreseen: Sequence[Upcoming]) -> Response:
        page = upcoming_page.upcoming(ctx, foreseen, until, typed)
        return Response.answers(ctx.messages.message("contracts/upcoming", page=page))

    return Response.after(lambda _slack: foresee(ctx.now, until), then, WITHIN)


COMMAND = "/contract"


def register(app: AsyncApp, router: Router) -> None:
    """Register the journey."""
    router.on_command(app, COMMAND, partial(command, router.rehearse_jobs), takes_long=is_asked)
    for action in ("contract_page_before", "contract_page_after"):
        router.on_click(app, action, turn_page)
    for action in ("history_before", "history_after"):
        router.on_click(app, action, turn_history)
    contract_forms.register(app, router)
    contract_forms.register_people(app, router)


def command(foresee: Foresee, ctx: ActorContext, command: Command) -> Response:
    """`/contract` alone shows the contract of the channel, or the list of one's own; a word says what else."""
    match first_in_lower_case(split_command(command.text)):
        case []:
            return Response.answers(_here(ctx, command.channel))
        case ["help"]:
            return Response.answers(ctx.messages.help(COMMAND))
        case ["list", *words]:
            return Response.answers(_list(ctx, words))
        case ["new"]:
            return contract_forms.new(ctx)
        case ["stage", *words]:
            return contract_forms.stage(ctx, command.channel, words)
        case ["upcoming", *words]:
            return upcoming(ctx, words, foresee)
        case ["channel", *words]:
            return channel(ctx, command.channel, words)
        case [word, *words] if word in ABOUT_ONE:
            return ABOUT_ONE[word](ctx, _which(ctx, command.channel, words))
        case [word, *_]:
            raise UnknownWord(ctx.messages.commands[COMMAND], word)
    raise AssertionError("every list of words is matched above")


def turn_page(ctx: ActorContext, click: Click) -> Response:
    """Show another page of a list in its place. The button carries the page and the words of the list."""
    number, words = turned_words(click)
    return Response.says(_list(ctx, words, number), in_place=True)


def turn_history(ctx: ActorContext, click: Click) -> Response:
    """Show another page of a contract's history in its place."""
    number, reference = turned(click)
    return Response.says(_history(ctx, reference, number), in_place=True)


def _which(ctx: ActorContext, channel: str, words: list[str]) -> str:
    """The contract that the words name, or the channel's. Incomplete where there is neither."""
    named = " ".join(words) or contract_lookup.reference_of_channel(ctx.session, channel)
    if not named:
        raise Incomplete("a contract's reference, or words of its title or its partner's name")
    return named


def _here(ctx: ActorContext, channel: str) -> Message:
    """The page of the channel's contract, where it is one of the asker's; else their list."""
    here = contract_lookup.reference_of_channel(ctx.session, channel)
    own = {contract.reference for contract in ctx.contracts_open_to(Permission.SEE, Audience.SHARED)}
    own |= {contract.reference for contract in ctx.contracts_open_to(Permission.SEE)}
    return _card(ctx, here) if here in own else _list(ctx, [])


def _card(ctx: ActorContext, typed: str) -> Message:
    if not ctx.actor.is_department:
        return ctx.messages.message("partners/contract_page", card=partner_pages.partner_card(ctx, typed))
    return ctx.messages.message("contracts/page", card=contract_page.contract_page(ctx, typed))


def _history(ctx: ActorContext, typed: str, number: int = 1) -> Message:
    return ctx.messages.message("contracts/history", history=contract_history.contract_history(ctx, typed, number))


def _duties(ctx: ActorContext, typed: str) -> Message:
    return ctx.messages.message("contracts/duties", found=contract_duties.contract_duties(ctx, typed))


def _dates(ctx: ActorContext, typed: str) -> Message:
    return ctx.messages.message("contracts/dates", dates=contract_dates.contract_dates(ctx, typed), today=ctx.today)


def _list(ctx: ActorContext, words: list[str], number: int = 1) -> Message:
    if not ctx.actor.is_department:
        return ctx.messages.message("partners/contracts", contracts=partner_pages.partner_contracts(ctx))
    page = contract_list.list_contracts(ctx, words, number)
    return ctx.messages.message("contracts/list", page=page, turn=partial(turn, page.words))


ABOUT_ONE: dict[str, Callable[[ActorContext, str], Response]] = {
    "show": lambda ctx, typed: Response.answers(_card(ctx, typed)),
    "edit": contract_forms.edit,
    "people": contract_forms.people,
    "dates": lambda ctx, typed: Response.answers(_dates(ctx, typed)),
    "duties": lambda ctx, typed: Response.answers(_duties(ctx, typed)),
    "history": lambda ctx, typed: Response.answers(_history(ctx, typed)),
    "nudges": reminders.rules,
}
