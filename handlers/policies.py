"""`/policy`: policies that partners must follow, and the certificates that they must hold."""

from functools import partial

from bot.access import Permission
from bot.domain.document_cycle import DocumentKind
from bot.interactions.commands import CommandTable, Subcommand, Typed, incomplete
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.services.documents import document_pages, issuing, policies
from bot.services.unit_of_work import ActorContext
from handlers import certificates, documents

POLICY = DocumentKind.POLICY
WHOM = "the contracts that it is for: references, or partner, tier or portfolio"
NUMBER = "the policy's number, for example 2"
WHY = "the policy's number and why it is withdrawn"


def register(router: Router) -> None:
    """Register the buttons and forms."""
    certificates.register(router)


def _open(ctx: ActorContext, _typed: Typed) -> Response:
    return Response.answers(documents.listed(ctx, POLICY, everything=False))


def _listed(ctx: ActorContext, _typed: Typed) -> Response:
    return Response.answers(documents.listed(ctx, POLICY, everything=True))


def _new(ctx: ActorContext, typed: Typed) -> Response:
    return Response.opens(documents.new_form(ctx, POLICY, typed.rest))


def _show(ctx: ActorContext, typed: Typed) -> Response:
    return Response.answers(documents.page(ctx, document_pages.page_of(ctx, POLICY, typed.rest)))


def _approve(ctx: ActorContext, typed: Typed) -> Response:
    card = policies.approve(ctx, document_pages.find(ctx, POLICY, typed.rest).public_id)
    return _says(
        ctx,
        f"{card.name} is approved. Whoever manages its contracts can issue it: type /policy show "
        f"{card.document.number}.",
    )


def _revise(ctx: ActorContext, typed: Typed, *, minor: bool) -> Response:
    card = policies.revise(ctx, document_pages.find(ctx, POLICY, typed.rest).public_id, minor=minor)
    return Response.opens(documents.edit_form(ctx, card))


def _withdraw(ctx: ActorContext, typed: Typed) -> Response:
    number, _, reason = typed.rest.strip().partition(" ")
    if not reason.strip():
        raise incomplete(WHY)
    card = issuing.withdraw(ctx, document_pages.find(ctx, POLICY, number).public_id, reason)
    return _says(ctx, f"{card.name} is withdrawn. Everybody who was told hears of it.")


def _says(ctx: ActorContext, sentence: str) -> Response:
    return Response.answers(ctx.messages.message("common/sentence", sentence=sentence))


COMMAND = CommandTable(
    "/policy",
    about="Policies that partners must follow, and certificates that they must hold",
    hint="new WP-NE; list; show 2; approve 2; major 2; minor 2; certificate WP-NE",
    does="manages the policies that partners must follow, and what they must hold: insurances, accreditations and "
    "security certificates.",
    contract=True,
    subcommands=[
        Subcommand(
            "",
            does="lists the policies that are not acknowledged yet, and your drafts",
            who=None,
            handler=reads(_open),
        ),
        Subcommand(
            "new",
            example="WP-NE",
            does="writes a policy or procedure that partners must follow",
            more={"portfolio": "writes one for all your contracts; partner Northgate and tier gold work too"},
            who=Permission.CHANGE,
            handler=reads(_new),
            needs=WHOM,
        ),
        Subcommand(
            "list", does="lists every policy, with how many have acknowledged it", who=None, handler=reads(_listed)
        ),
        Subcommand(
            "show",
            example="2",
            does="shows a policy, and who has acknowledged it",
            who=None,
            handler=reads(_show),
            needs=NUMBER,
        ),
        Subcommand(
            "approve",
            example="2",
            does="approves the draft of a policy, so that it can be issued",
            who=Permission.APPROVE,
            handler=writes(_approve),
            needs=NUMBER,
        ),
        Subcommand(
            "major",
            example="2",
            does="writes the next version of a policy, which partners acknowledge again",
            who=Permission.CHANGE,
            handler=writes(partial(_revise, minor=False)),
            needs=NUMBER,
        ),
        Subcommand(
            "minor",
            example="2",
            does="writes the next version of a policy, which changes nothing of what partners must do: who has "
            "acknowledged the one before is only told",
            who=Permission.CHANGE,
            handler=writes(partial(_revise, minor=True)),
            needs=NUMBER,
        ),
        Subcommand(
            "withdraw",
            example="2 it was issued by mistake",
            does="withdraws a policy: everybody who was told hears of it",
            who=Permission.CHANGE,
            handler=writes(_withdraw),
            needs=WHY,
        ),
        Subcommand(
            "certificate",
            also=["certificates"],
            example="WP-NE",
            does="lists the certificates of a contract, with what is in force and what is awaited; without a contract, "
            "of all your contracts",
            more={"WP-NE add": "opens a form for a certificate that the partner must hold"},
            who=None,
            handler=reads(certificates.typed),
        ),
    ],
    notes=[
        "A policy is approved by the head of contract management or the senior owner, and is reviewed 12 months after "
        "its issue.",
        "The partner is asked for evidence 60, 30 and 10 working days before a certificate ends, and gives a file or a "
        "link. A contract manager verifies it.",
    ],
)
