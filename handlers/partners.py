"""`/partner`: the organisations with contracts, their people and their Slack workspaces."""

from collections.abc import Callable, Sequence
from functools import partial

from bot.access import Permission
from bot.delivery.directory import identities_of
from bot.delivery.messages import Message, View
from bot.identity import Identity
from bot.interactions import form_fields
from bot.interactions.commands import CommandTable, Subcommand, Typed
from bot.interactions.pagination import turned
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, asks_and_writes, reads, writes
from bot.interactions.router import Router
from bot.models import Organisation, OrganisationKind
from bot.policy import RegisterPermission
from bot.services.pages import partners as partner_pages
from bot.services.partners import partner_edit, partner_people
from bot.services.partners.partner_edit import PartnerEntry
from bot.services.partners.partner_people import GUESTS, OWN
from bot.services.unit_of_work import ActorContext

PARTNER = "the name of a partner, or words of it"


def register_forms(router: Router) -> None:
    """Register the forms."""
    router.on_submit("partner_new_form", writes(submit_new))
    router.on_submit("partner_edit_form", writes(submit_edit))
    router.on_submit("partner_people_form", asks_and_writes(submit_people))


def new(ctx: ActorContext) -> Response:
    """Open the form for a new partner. Raises `Denied`."""
    ctx.require_on_register(RegisterPermission.KEEP_PARTNERS)
    return Response.opens(_form(ctx))


def edit(ctx: ActorContext, typed: str) -> Response:
    """Open the form that changes a partner, filled in with its present values."""
    return Response.opens(_form(ctx, *partner_edit.partner_to_change(ctx, typed)))


def people(ctx: ActorContext, typed: str) -> Response:
    """Open the form of a partner's people, filled in with the present ones."""
    found = partner_people.people_to_change(ctx, typed)
    return Response.opens(ctx.messages.view("partners/people_form", people=found))


def submit_new(ctx: ActorContext, form: Submission) -> Response:
    """Add the partner."""
    partner = partner_edit.add_partner(ctx, _entry(form.values))
    return Response.shows(ctx.messages.view("partners/added", partner=partner))


def submit_edit(ctx: ActorContext, form: Submission) -> Response:
    """Change the partner."""
    changed = partner_edit.change_partner(ctx, form.record_key, _entry(form.values))
    return Response.shows(ctx.messages.view("partners/changed", changed=changed))


def submit_people(ctx: ActorContext, form: Submission) -> Response:
    """Make the picked users the partner's people, after asking Slack about the new ones."""
    own, guests = form_fields.users(form.values, OWN), form_fields.users(form.values, GUESTS)
    new = partner_people.new_people(ctx, form.record_key, own, guests)

    def then(ctx: ActorContext, identities: Sequence[Identity]) -> Response:
        kept = partner_people.set_people(ctx, form.record_key, own, guests, identities)
        return Response.shows(ctx.messages.view("partners/people_done", people=kept))

    return Response.after(partial(identities_of, users=new), then)


def _form(ctx: ActorContext, partner: Organisation | None = None, teams: Sequence[str] = ()) -> View:
    return ctx.messages.view("partners/form", partner=partner, teams=" ".join(teams), kinds=partner_edit.KINDS)


def _entry(values: form_fields.Values) -> PartnerEntry:
    return PartnerEntry(
        name=form_fields.text(values, "name"),
        kind=form_fields.choice(OrganisationKind, values, "kind"),
        teams=form_fields.text(values, "teams"),
    )


def register(router: Router) -> None:
    """Register the forms and buttons."""
    for action in ("partner_page_before", "partner_page_after"):
        router.on_click(action, reads(turn_page))
    register_forms(router)


def turn_page(ctx: ActorContext, click: Click) -> Response:
    """Show another page of the list in its place."""
    number, _ = turned(click)
    return Response.says(_list(ctx, number), in_place=True)


def _list(ctx: ActorContext, number: int = 1) -> Message:
    if not ctx.actor.is_department:
        return _own(ctx)
    return ctx.messages.message("partners/list", page=partner_pages.list_partners(ctx, number))


def _show(ctx: ActorContext, typed: str) -> Response:
    if not ctx.actor.is_department:
        return Response.answers(_own(ctx, typed))
    return Response.answers(ctx.messages.message("partners/overview", overview=partner_pages.overview(ctx, typed)))


def _own(ctx: ActorContext, typed: str = "") -> Message:
    return ctx.messages.message("partners/own", own=partner_pages.own_organisation(ctx, typed))


def _listed(ctx: ActorContext, _typed: Typed) -> Response:
    return Response.answers(_list(ctx))


def _about_one(answer: Callable[[ActorContext, str], Response]) -> Callable[[ActorContext, Typed], Response]:
    """A handler for the partner that the words name."""
    return lambda ctx, typed: answer(ctx, " ".join(typed.words))


COMMAND = CommandTable(
    "/partner",
    about="See and manage partners and their people",
    hint="list, show Northgate, people Northgate, edit Northgate or new",
    does="shows your partners, the organisations you have contracts with, and lets you change them.",
    subcommands=[
        Subcommand(
            "list",
            also=[""],
            does="lists the partners of your contracts, with the worst rating of each",
            who=Permission.SEE,
            handler=reads(_listed),
        ),
        Subcommand(
            "show",
            example="Northgate",
            does="shows a partner: its Slack workspaces, people and contracts",
            who=None,
            handler=reads(_about_one(_show)),
            needs=PARTNER,
        ),
        Subcommand(
            "people",
            example="Northgate",
            does="opens a form for its people, including guests in your workspace",
            who=RegisterPermission.KEEP_PARTNERS,
            handler=reads(_about_one(people)),
            needs=PARTNER,
        ),
        Subcommand(
            "edit",
            example="Northgate",
            does="opens a form to change its name, kind and Slack workspaces",
            who=RegisterPermission.KEEP_PARTNERS,
            handler=reads(_about_one(edit)),
            needs=PARTNER,
        ),
        Subcommand(
            "new",
            does="opens a form for a new partner",
            who=RegisterPermission.KEEP_PARTNERS,
            handler=reads(lambda ctx, _typed: new(ctx)),
        ),
    ],
    notes=["Words of a partner’s name are enough. If several fit, Liaison asks which."],
)
