"""`/memo`: change memos to partners, who acknowledge them."""

from bot.access import Permission
from bot.domain.document_cycle import DocumentKind
from bot.interactions.commands import CommandTable, Subcommand, Typed, incomplete
from bot.interactions.response import Response, reads, writes
from bot.services.documents import document_pages, issuing, writing
from bot.services.unit_of_work import ActorContext
from handlers import documents

MEMO = DocumentKind.MEMO
WHOM = "the contracts that it is for: references, or partner, tier or portfolio"
NUMBER = "the memo's number, for example 3"
WHY = "the memo's number and why it is withdrawn"


def _open(ctx: ActorContext, _typed: Typed) -> Response:
    return Response.answers(documents.listed(ctx, MEMO, everything=False))


def _listed(ctx: ActorContext, typed: Typed) -> Response:
    return Response.answers(documents.listed(ctx, MEMO, everything=typed.rest.strip().casefold() == "all"))


def _new(ctx: ActorContext, typed: Typed) -> Response:
    return Response.opens(documents.new_form(ctx, MEMO, typed.rest))


def _show(ctx: ActorContext, typed: Typed) -> Response:
    return Response.answers(documents.page(ctx, document_pages.page_of(ctx, MEMO, typed.rest)))


def _correct(ctx: ActorContext, typed: Typed) -> Response:
    version = document_pages.find(ctx, MEMO, typed.rest)
    card = writing.correct(ctx, version.public_id)
    return Response.opens(documents.edit_form(ctx, card))


def _withdraw(ctx: ActorContext, typed: Typed) -> Response:
    number, _, reason = typed.rest.strip().partition(" ")
    if not reason.strip():
        raise incomplete(WHY)
    card = issuing.withdraw(ctx, document_pages.find(ctx, MEMO, number).public_id, reason)
    sentence = f"{card.name} is withdrawn. Everybody who was told hears of it."
    return Response.answers(ctx.messages.message("common/sentence", sentence=sentence))


COMMAND = CommandTable(
    "/memo",
    about="Tell partners of changes, and see who has acknowledged them",
    hint="new WP-NE, DE-SW; list; show 3; correct 3; withdraw 3 sent by mistake",
    does="tells partners of a change in a numbered memo, which they acknowledge.",
    contract=True,
    subcommands=[
        Subcommand(
            "",
            does="lists the memos that are not acknowledged yet, and your drafts",
            who=None,
            handler=reads(_open),
        ),
        Subcommand(
            "new",
            example="WP-NE",
            does="writes a memo: you see it as the partner will before you issue it",
            more={
                "WP-NE, DE-SW": "writes one memo for several contracts",
                "partner Northgate": "writes one for every contract of a partner; tier gold and portfolio work too",
            },
            who=Permission.CHANGE,
            handler=reads(_new),
            needs=WHOM,
        ),
        Subcommand(
            "list",
            example="all",
            does="lists every memo, those that are acknowledged or withdrawn too",
            who=None,
            handler=reads(_listed),
        ),
        Subcommand(
            "show",
            example="3",
            does="shows a memo, and who has acknowledged it",
            who=None,
            handler=reads(_show),
            needs=NUMBER,
        ),
        Subcommand(
            "correct",
            example="3",
            does="writes the next version of a memo, which replaces it when you issue it",
            who=Permission.CHANGE,
            handler=writes(_correct),
            needs=NUMBER,
        ),
        Subcommand(
            "withdraw",
            example="3 it was sent by mistake",
            does="withdraws a memo: everybody who was told hears of it",
            who=Permission.CHANGE,
            handler=writes(_withdraw),
            needs=WHY,
        ),
    ],
)
