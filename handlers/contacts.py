"""The contact log: logging by form, in one line or from a message; lists, pages, corrections."""

from dataclasses import replace
from functools import partial

from bot.access import Permission
from bot.delivery.messages import Message, View
from bot.domain.entry_lines import parse_contact_line
from bot.domain.slack_text import with_names
from bot.interactions import form_fields
from bot.interactions.commands import CommandTable, Subcommand, Typed, incomplete
from bot.interactions.form_state import name_of
from bot.interactions.pagination import turn, turned_words
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.models import Contact, ContactChannel, MadeBy
from bot.services import drafts
from bot.services.contacts import attendees, contact_corrections, contact_log, contacts
from bot.services.contacts.contact_forms import (
    ContactForm,
    form_of,
    new_form,
    on_another_contract,
)
from bot.services.contacts.contacts import CHANNELS, ContactEntry
from bot.services.documents.telling import TICK
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext

REFERENCE = "a contact's reference, for example C-12"
CONTACT_LINE = "how you were in contact, the contract's reference and what was said"


def register(router: Router) -> None:
    """Register the forms and buttons."""
    router.on_submit("contact_form", writes(submit))
    router.on_submit("contact_correct_form", writes(submit_correction))
    router.on_click("contact_open", reads(open_form))
    router.on_click("contact_correct", reads(correct_from_button))
    router.on_click("contact_undo", writes(undo))
    router.on_click("contact_contract", reads(choose_contract))
    router.on_click("contact_correct_contract", reads(choose_contract_again))
    router.on_click("contact_more", reads(show_more))
    router.on_click("contact_correct_more", reads(show_more_of_correction))
    for action in ("contacts_before", "contacts_after"):
        router.on_click(action, reads(turn_page))


def _new(ctx: ActorContext, typed: Typed) -> Response:
    return Response.opens(form(ctx, contacts.contract_to_begin_with(ctx, typed.channel)))


def _listed(ctx: ActorContext, typed: Typed) -> Response:
    return Response.answers(_list(ctx, typed.words))


def _log(ctx: ActorContext, typed: Typed) -> Response:
    """`call WP-NE agreed the plan` logs a contact of the word's kind. The summary is kept verbatim."""
    match typed.text.split(maxsplit=1):
        case [reference, summary]:
            return Response.answers(_logged(ctx, _entry_of_line(ctx, typed, reference, summary)))
    raise incomplete(CONTACT_LINE)


def choose_contract(ctx: ActorContext, click: Click, *, corrects: Contact | None = None) -> Response:
    """Show the people of the contract that was chosen, in the form as it is."""
    entry = on_another_contract(ctx, entry_in_form(ctx, click), click.value)
    made = form_as_it_is(ctx, click, entry, corrects)
    return Response.opens(form_view(ctx, replace(made, fresh=f"_{entry.contract}")), in_place=True)


def show_more(ctx: ActorContext, click: Click, *, corrects: Contact | None = None) -> Response:
    """Show every field of the form, with what is entered so far."""
    made = form_as_it_is(ctx, click, entry_in_form(ctx, click), corrects)
    return Response.opens(form_view(ctx, replace(made, whole=True)), in_place=True)


def show_more_of_correction(ctx: ActorContext, click: Click) -> Response:
    """Show every field of a form that corrects a contact."""
    return show_more(ctx, click, corrects=contact_corrections.contact_of_form(ctx, click.record_of_form))


def form_as_it_is(ctx: ActorContext, click: Click, entry: ContactEntry, corrects: Contact | None = None) -> ContactForm:
    """The form in which a button was pressed, with an entry: with every field, if it has them already."""
    thread = "" if corrects else click.metadata
    return replace(form_of(ctx, entry), corrects=corrects, thread=thread, whole="purpose" in click.values)


def choose_contract_again(ctx: ActorContext, click: Click) -> Response:
    """Show the people of the contract that was chosen, in a form that corrects a contact."""
    return choose_contract(ctx, click, corrects=contact_corrections.contact_of_form(ctx, click.record_of_form))


def submit(ctx: ActorContext, form: Submission) -> Response:
    """Log the contact of the form."""
    logged = contacts.log_contact(ctx, _entry(ctx, form.values))
    return Response.shows(ctx.messages.view("contacts/done", logged=logged))


def submit_correction(ctx: ActorContext, form: Submission) -> Response:
    """Log the contact of the form in place of an earlier entry."""
    logged = contact_corrections.correct_contact(ctx, form.record_key, _entry(ctx, form.values))
    return Response.shows(ctx.messages.view("contacts/done", logged=logged))


def undo(ctx: ActorContext, click: Click) -> Response:
    """Withdraw a contact logged by mistake."""
    contact = contact_corrections.withdraw(ctx, click.record_key)
    return Response.says(ctx.messages.message("contacts/taken_back", contact=contact), in_place=True)


def turn_page(ctx: ActorContext, click: Click) -> Response:
    """Show another page of a list in its place."""
    number, words = turned_words(click)
    return Response.says(_list(ctx, words, number), in_place=True)


def form(ctx: ActorContext, reference: str | None) -> View:
    """The form for a new contact, on this contract if one is given."""
    return form_view(ctx, new_form(ctx, reference))


def open_form(ctx: ActorContext, click: Click) -> Response:
    """Open the form for a contact on the contract that a button names."""
    return Response.opens(form_of_button(ctx, click.record_key))


def form_of_button(ctx: ActorContext, key: str) -> View:
    """The form for a contact on the contract with the key that a button carries."""
    return form(ctx, contract_lookup.contract_by_key(ctx, key, Permission.LOG_CONTACT).reference)


def form_view(ctx: ActorContext, made: ContactForm) -> View:
    """The view of a contact form; it has every field if a draft of it has something in one that is not shown."""
    view = ctx.messages.view("contacts/form", form=made, days=ctx.days)
    draft = drafts.find(ctx, *name_of(view))
    held = {name for name, entered in draft.entered.items() if entered} if draft else set()
    return (
        ctx.messages.view("contacts/form", form=replace(made, whole=True), days=ctx.days)
        if any(not made.shown.get(name, True) for name in held)
        else view
    )


def entry_in_form(ctx: ActorContext, click: Click) -> ContactEntry:
    """The entry in a form that is not sent; missing required values get the usual ones."""
    given = {name: value for name, value in click.values.items() if value}
    usual = {"channel": ContactChannel.PHONE, "made_by": MadeBy.OURS, "happened_on": ctx.days.own.isoformat()}
    return _entry(ctx, {**usual, **given})


def correct_from_button(ctx: ActorContext, click: Click) -> Response:
    """Open the form that corrects a contact."""
    return _correct(ctx, *contact_corrections.entry_of_button(ctx, click.record_key))


def _correct(ctx: ActorContext, corrects: Contact, entry: ContactEntry) -> Response:
    return Response.opens(form_view(ctx, replace(form_of(ctx, entry), corrects=corrects)))


def _correct_typed(ctx: ActorContext, typed: Typed) -> Response:
    return _correct(ctx, *contact_corrections.entry_to_correct(ctx, typed.rest))


def _show(ctx: ActorContext, typed: Typed) -> Response:
    return Response.answers(ctx.messages.message("contacts/page", page=contact_log.contact_page(ctx, typed.rest)))


def _list(ctx: ActorContext, words: list[str], number: int = 1) -> Message:
    page = contact_log.list_contacts(ctx, words, number)
    return ctx.messages.message("contacts/list", page=page, turn=partial(turn, page.words))


def _logged(ctx: ActorContext, entry: ContactEntry) -> Message:
    return ctx.messages.message("contacts/logged", logged=contacts.log_contact(ctx, entry))


def _entry_of_line(ctx: ActorContext, typed: Typed, reference: str, summary: str) -> ContactEntry:
    line = parse_contact_line(summary, ctx.days.own)
    who = attendees.typed(ctx, reference, line.attendees)
    return ContactEntry(
        contract=reference,
        channel=CHANNELS[typed.word],
        happened_on=line.happened_on,
        people=who.people,
        attendees=who.named,
        summary=with_names(line.summary, typed.names),
        next_contact_on=line.next_contact_on,
    )


def _entry(ctx: ActorContext, values: form_fields.Values) -> ContactEntry:
    return ContactEntry(
        contract=form_fields.text(values, "contract"),
        channel=form_fields.choice(ContactChannel, values, "channel"),
        made_by=form_fields.choice(MadeBy, {"made_by": MadeBy.OURS, **values}, "made_by"),
        happened_on=form_fields.day(values, "happened_on", ctx.days.own),
        happened_at=form_fields.optional_time(values, "happened_at"),
        people=attendees.picked(ctx, form_fields.users(values, "people")),
        attendees=form_fields.text(values, "attendees"),
        purpose=form_fields.text(values, "purpose"),
        summary=form_fields.text(values, "summary"),
        decisions=form_fields.text(values, "decisions"),
        next_contact_on=form_fields.optional_day(values, "next_contact_on", ctx.days.own),
        formal_notice=form_fields.ticked(values, "formal_notice"),
        link=form_fields.text(values, "link"),
        deliberate=form_fields.keeps_anyway(values),
        actions=form_fields.text(values, "actions"),
        actions_closed_by_another=form_fields.ticked(values, "closed_by_another"),
        tell_partner=form_fields.ticked(values, TICK),
    )


COMMAND = CommandTable(
    "/contact",
    about="Log a contact with a partner",
    hint="call WP-NE agreed the plan; list; show C-12; or nothing for a form",
    does="logs a contact with a partner, so that no conversation is lost.",
    contract=True,
    subcommands=[
        Subcommand(
            "",
            does="opens a form to log a contact with a partner",
            task="Log a contact with a partner",
            who=Permission.LOG_CONTACT,
            handler=reads(_new),
        ),
        Subcommand(
            "call",
            also=[how for how in CHANNELS if how != "call"],
            example="WP-NE with Priya Nair: agreed the staffing plan; next 3 February",
            does="logs a call made today, without a form",
            who=Permission.LOG_CONTACT,
            handler=writes(_log),
            needs=CONTACT_LINE,
        ),
        Subcommand(
            "list",
            example="WP-NE call since 1 December",
            does="lists contacts: by contract, partner, kind, name, decision, action, word or day",
            who=Permission.SEE,
            handler=reads(_listed),
        ),
        Subcommand(
            "show",
            example="C-12",
            does="shows one contact in full, with what it corrects",
            who=Permission.SEE,
            handler=reads(_show),
            needs=REFERENCE,
        ),
        Subcommand(
            "correct",
            example="C-12",
            does="opens a form to correct a contact; the old entry stays in the log",
            who=Permission.LOG_CONTACT,
            handler=reads(_correct_typed),
            needs=REFERENCE,
        ),
    ],
    notes=[
        "Instead of call: email, video, meeting, letter, visit or message. In a contract’s own channel the form knows "
        "the contract.",
        "“with” and names before a colon say who took part, and a day before them, such as yesterday or 3 February, "
        "when it was: call WP-NE yesterday with their lead: agreed the plan.",
        "“; next” and a day at the end, such as 3 February, next Friday or in 2 weeks, say when you speak again.",
        "To log a Slack message, choose More actions, Log as a contact on it. If it is in a thread, the form can "
        "take the whole thread.",
    ],
)
