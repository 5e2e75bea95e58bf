"""`/contract`: lists of contracts, each on one page, their channels, and upcoming messages."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from bot.access import Permission
from bot.delivery.messages import Message
from bot.domain.calendar import Nation
from bot.domain.london import london_instant
from bot.interactions.commands import CommandTable, Subcommand, Typed, incomplete
from bot.interactions.pagination import turn, turned, turned_words
from bot.interactions.payloads import Click
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.models import Audience
from bot.policy import RegisterPermission
from bot.services.contracts import contract_history
from bot.services.due import contract_dates, contract_duties
from bot.services.lookup import contracts as contract_lookup
from bot.services.pages import contract as contract_page
from bot.services.pages import contracts as contract_list
from bot.services.pages import owed_matrix
from bot.services.pages import partners as partner_pages
from bot.services.pages import upcoming as upcoming_page
from bot.services.pages.upcoming import Upcoming
from bot.services.unit_of_work import ActorContext
from handlers import contract_channels, contract_forms, reminders, terms

WORKING_DAYS = 10
WITHIN = timedelta(minutes=5)


def show_upcoming(ctx: ActorContext, line: Typed) -> Response:
    """Rehearse the jobs, and show their messages about the actor's contracts, or about the one that the words name.

    It takes longer than Slack waits for an acknowledgement.
    """
    typed = " ".join(line.words)
    upcoming_page.contracts_meant(ctx, typed)  # refuses a wrong one before the rehearsal
    last = ctx.calendar.of(Nation.ENGLAND_AND_WALES).add_working_days(ctx.today, WORKING_DAYS)
    until = london_instant(last, 23, 59)

    def then(ctx: ActorContext, rehearsed: Sequence[Upcoming]) -> Response:
        page = upcoming_page.upcoming(ctx, rehearsed, until, typed)
        return Response.answers(ctx.messages.message("contracts/upcoming", page=page))

    return Response.after(lambda _slack: line.commands.find_upcoming(ctx.now, until), then, WITHIN)


def register(router: Router) -> None:
    """Register the buttons and forms."""
    for action in ("contract_page_before", "contract_page_after"):
        router.on_click(action, reads(turn_page))
    router.on_click("contract_matrix", reads(show_matrix))
    for action in ("history_before", "history_after"):
        router.on_click(action, reads(turn_history))
    contract_channels.register(router)
    contract_forms.register(router)
    contract_forms.register_people(router)
    terms.register(router)


def turn_page(ctx: ActorContext, click: Click) -> Response:
    """Show another page of a list in its place. The button carries the page and the words of the list."""
    number, words = turned_words(click)
    return Response.says(_list(ctx, words, number), in_place=True)


def turn_history(ctx: ActorContext, click: Click) -> Response:
    """Show another page of a contract's history in its place."""
    number, reference = turned(click)
    return Response.says(_history(ctx, reference, number), in_place=True)


def _about_one(answer: Callable[[ActorContext, str], Response]) -> Callable[[ActorContext, Typed], Response]:
    """A handler for the contract that the words name, or the channel's. It raises `UserError` if there is neither."""

    def about_one(ctx: ActorContext, typed: Typed) -> Response:
        named = " ".join(typed.words) or contract_lookup.reference_of_channel(ctx.session, typed.channel)
        if not named:
            raise incomplete("a contract's reference, or words of its title or its partner's name")
        return answer(ctx, named)

    return about_one


def _here(ctx: ActorContext, typed: Typed) -> Response:
    """The page of the channel's contract, if it is one of the actor's, or else their list."""
    here = contract_lookup.reference_of_channel(ctx.session, typed.channel)
    own = {contract.reference for contract in ctx.contracts_open_to(Permission.SEE, Audience.SHARED)}
    own |= {contract.reference for contract in ctx.contracts_open_to(Permission.SEE)}
    return Response.answers(card(ctx, here) if here in own else _list(ctx, []))


def _show(ctx: ActorContext, typed: str) -> Response:
    return Response.answers(card(ctx, typed))


def card(ctx: ActorContext, typed: str) -> Message:
    """A contract on one page, as the actor's side sees it. Raises `UserError` or `Denied`."""
    if not ctx.actor.is_department:
        return ctx.messages.message("partners/contract_page", card=partner_pages.partner_card(ctx, typed))
    return ctx.messages.message("contracts/page", card=contract_page.contract_page(ctx, typed))


def _show_history(ctx: ActorContext, typed: str) -> Response:
    return Response.answers(_history(ctx, typed))


def _history(ctx: ActorContext, typed: str, number: int = 1) -> Message:
    return ctx.messages.message("contracts/history", history=contract_history.contract_history(ctx, typed, number))


def _duties(ctx: ActorContext, typed: str) -> Response:
    found = contract_duties.contract_duties(ctx, typed)
    return Response.answers(ctx.messages.message("contracts/duties", found=found))


def _dates(ctx: ActorContext, typed: str) -> Response:
    dates = contract_dates.contract_dates(ctx, typed)
    return Response.answers(ctx.messages.message("contracts/dates", dates=dates, today=ctx.today))


def _matrix(ctx: ActorContext, typed: str) -> Response:
    matrix = owed_matrix.owed_matrix(ctx, typed)
    return Response.answers(ctx.messages.message("contracts/matrix", matrix=matrix))


def show_matrix(ctx: ActorContext, click: Click) -> Response:
    """Show the matrix of a contract. The button carries its reference."""
    return Response.says(ctx.messages.message("contracts/matrix", matrix=owed_matrix.owed_matrix(ctx, click.value)))


def _listed(ctx: ActorContext, typed: Typed) -> Response:
    return Response.answers(_list(ctx, typed.words))


def _list(ctx: ActorContext, words: list[str], number: int = 1) -> Message:
    if not ctx.actor.is_department:
        return ctx.messages.message("partners/contracts", contracts=partner_pages.partner_contracts(ctx))
    page = contract_list.list_contracts(ctx, words, number)
    return ctx.messages.message("contracts/list", page=page, turn=partial(turn, page.words))


COMMAND = CommandTable(
    "/contract",
    about="See and manage your contracts",
    hint="list, show WP-NE, or nothing for the contract of this channel",
    does="shows your contracts and lets you change them. Only you see the answers.",
    contract=True,
    subcommands=[
        Subcommand(
            "",
            does="shows the contract of this channel on one page; elsewhere the list of your contracts",
            task="See your contracts",
            who=None,
            handler=reads(_here),
        ),
        Subcommand(
            "show",
            example="WP-NE",
            does="shows one of your contracts on one page: dates, people, figures, what is due, risks, last contact",
            who=None,
            handler=reads(_about_one(_show)),
        ),
        Subcommand(
            "list",
            example="gold inadequate",
            does="lists your contracts, worst rating first: by rating, stage, tier, partner",
            who=None,
            handler=reads(_listed),
        ),
        Subcommand(
            "new",
            does="opens a form for a new contract",
            who=RegisterPermission.ADD_CONTRACTS,
            handler=reads(lambda ctx, _typed: contract_forms.new(ctx)),
        ),
        Subcommand(
            "edit",
            example="WP-NE",
            does="opens a form to change what was agreed",
            who=Permission.CHANGE,
            handler=reads(_about_one(contract_forms.edit)),
        ),
        *terms.SUBCOMMANDS,
        Subcommand(
            "stage",
            example="WP-NE exit",
            does="moves a contract to another stage",
            who=Permission.CHANGE,
            handler=writes(lambda ctx, typed: contract_forms.stage(ctx, typed.channel, typed.words)),
        ),
        Subcommand(
            "people",
            example="WP-NE",
            does="shows who does what on a contract, and lets you change it",
            who=Permission.SEE,
            handler=reads(_about_one(contract_forms.people)),
        ),
        Subcommand(
            "channel",
            example="WP-NE",
            does="makes the channel you are in the contract’s channel",
            who=Permission.BIND,
            handler=writes(lambda ctx, typed: contract_channels.bind(ctx, typed.channel, typed.words)),
        ),
        Subcommand(
            "dates",
            example="WP-NE",
            does="lists every date of a contract, and how each was worked out",
            who=Permission.SEE,
            handler=reads(_about_one(_dates)),
        ),
        Subcommand(
            "matrix",
            example="WP-NE",
            does="shows what each side owes: late, open, said done and met",
            who=Permission.SEE,
            handler=reads(_about_one(_matrix)),
        ),
        Subcommand(
            "duties",
            example="WP-NE",
            does="lists the legal duties on a contract, and when they are due",
            who=Permission.SEE,
            handler=reads(_about_one(_duties)),
        ),
        Subcommand(
            "upcoming",
            example="WP-NE",
            does="lists what will be sent in the next 10 working days, to whom and why; without a contract, on all "
            "your contracts",
            who=Permission.SEE,
            handler=reads(show_upcoming, takes_long=True),
        ),
        Subcommand(
            "history",
            example="WP-NE",
            does="shows who changed what, when and why",
            who=Permission.SEE,
            handler=reads(_about_one(_show_history)),
        ),
        Subcommand(
            "reminders",
            example="WP-NE",
            does="shows when people are reminded, and lets you change it",
            who=Permission.SEE,
            handler=reads(_about_one(reminders.rules)),
        ),
    ],
)
