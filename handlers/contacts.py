"""The contact log: a form, or one line; lists, pages, corrections."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.domain.command_line import split_command
from bot.domain.contact_line import parse_contact_line
from bot.messages import Message, View
from bot.models import ContactChannel, MadeBy
from bot.services.contacts import contact_corrections, contact_log, contacts
from bot.services.contacts.contact_form import ContactForm, form_of, new_form, on_another_contract
from bot.services.contacts.contacts import CHANNELS, ContactEntry, LoggedContact
from bot.services.work import Act
from handlers import fields
from handlers.arrivals import Click, Command, Submission
from handlers.desk import Desk
from handlers.one_line import Incomplete, UnknownWord, first_in_lower_case
from handlers.outcome import Outcome
from handlers.pages import turn, turned_words

COMMAND = "/contact"


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the journey."""
    desk.on_command(app, COMMAND, command)
    desk.on_submit(app, "contact_form", submit)
    desk.on_submit(app, "contact_correct_form", submit_correction)
    desk.on_click(app, "contact_correct", lambda act, click: _correct(act, click.value))
    desk.on_click(app, "contact_undo", undo)
    desk.on_click(app, "contact_contract", choose_contract)
    desk.on_click(
        app, "contact_correct_contract", lambda act, click: choose_contract(act, click, corrects=click.metadata)
    )
    for action in ("contacts_before", "contacts_after"):
        desk.on_click(app, action, turn_page)


def command(act: Act, command: Command) -> Outcome:
    """`/contact` alone opens the form; a way of contact, a reference and a summary are recorded at once."""
    # What was said is kept to the letter, so only the words before it are taken apart.
    match first_in_lower_case(command.text.split(maxsplit=2)):
        case []:
            return Outcome.opens(form(act, contacts.contract_to_begin_with(act, command.channel)))
        case ["help"]:
            return Outcome.answers(act.messages.help(COMMAND))
        case ["list", *_]:
            return Outcome.answers(_list(act, split_command(command.text)[1:]))
        case [word, *rest] if word in ABOUT_ONE:
            if not rest:
                raise Incomplete("a contact's reference, for example C-12")
            return ABOUT_ONE[word](act, " ".join(rest))
        case [how, *_] if how not in CHANNELS:
            raise UnknownWord(act.messages.commands[COMMAND], how)
        case [how, reference, said]:
            return Outcome.answers(_logged(act, _entry_of_line(act, how, reference, said)), keep=True)
        case _:
            raise Incomplete("how you were in contact, the contract's reference and what was said")


def choose_contract(act: Act, click: Click, *, corrects: str = "") -> Outcome:
    """Show the people of the contract that was chosen, in the form as it stands."""
    entry = on_another_contract(act, entry_as_it_stands(act, click), click.value)
    made = replace(form_of(act, entry), corrects=corrects, thread="" if corrects else click.metadata)
    return Outcome.opens(shown(act, replace(made, fresh=f"_{entry.contract}")), in_place=True)


def submit(act: Act, form: Submission) -> Outcome:
    """Record what the form says."""
    logged = contacts.log_contact(act, _entry(act, form.values))
    return Outcome.shows(act.messages.view("contact_done", corrects="", **_said(logged)))


def submit_correction(act: Act, form: Submission) -> Outcome:
    """Record what the form says in the place of what was recorded before."""
    logged = contact_corrections.correct_contact(act, form.metadata, _entry(act, form.values))
    return Outcome.shows(act.messages.view("contact_done", corrects=f"C-{logged.contact.corrects_id}", **_said(logged)))


def undo(act: Act, click: Click) -> Outcome:
    """Take back what was recorded by mistake."""
    taken = contact_corrections.take_back(act, click.value)
    return Outcome.says(act.messages.message("contact_taken_back", contact=taken), in_place=True, keep=True)


def turn_page(act: Act, click: Click) -> Outcome:
    """Show another page of a list in its place."""
    number, words = turned_words(click)
    return Outcome.says(_list(act, words, number), in_place=True)


def form(act: Act, reference: str | None) -> View:
    """The form for a new contact, on this contract if one is given."""
    return shown(act, new_form(act, reference))


def shown(act: Act, made: ContactForm) -> View:
    """A form as people see it."""
    return act.messages.view("contact_form", form=made, channels=list(ContactChannel), made_by=list(MadeBy))


def entry_as_it_stands(act: Act, click: Click) -> ContactEntry:
    """What stands in a form that was not sent yet, where what has to be there may be missing."""
    given = {name: value for name, value in click.values.items() if value}
    usual = {"channel": ContactChannel.PHONE, "made_by": MadeBy.OURS, "happened_on": act.today.isoformat()}
    return _entry(act, {**usual, **given})


def _correct(act: Act, typed: str) -> Outcome:
    corrects, entry = contact_corrections.entry_to_correct(act, typed)
    return Outcome.opens(shown(act, replace(form_of(act, entry), corrects=corrects)))


def _show(act: Act, typed: str) -> Outcome:
    return Outcome.answers(act.messages.message("contact_page", page=contact_log.contact_page(act, typed)))


def _list(act: Act, words: list[str], number: int = 1) -> Message:
    page = contact_log.list_contacts(act, words, number)
    return act.messages.message("contact_list", page=page, turn=partial(turn, page.words))


def _logged(act: Act, entry: ContactEntry) -> Message:
    return act.messages.message("contact_logged", **_said(contacts.log_contact(act, entry)))


def _entry_of_line(act: Act, how: str, reference: str, said: str) -> ContactEntry:
    line = parse_contact_line(said, act.today)
    return ContactEntry(
        contract=reference,
        channel=CHANNELS[how],
        happened_on=act.today,
        attendees=line.attendees,
        summary=line.summary,
        next_contact_on=line.next_contact_on,
    )


def _entry(act: Act, values: fields.Values) -> ContactEntry:
    return ContactEntry(
        contract=fields.text(values, "contract"),
        channel=fields.choice(ContactChannel, values, "channel"),
        made_by=fields.choice(MadeBy, values, "made_by"),
        happened_on=fields.day(values, "happened_on", act.today),
        happened_at=fields.optional_time(values, "happened_at"),
        people=fields.several(values, "people"),
        attendees=fields.text(values, "attendees"),
        purpose=fields.text(values, "purpose"),
        summary=fields.text(values, "summary"),
        decisions=fields.text(values, "decisions"),
        next_contact_on=fields.optional_day(values, "next_contact_on", act.today),
        formal_notice=fields.ticked(values, "formal_notice"),
        link=fields.text(values, "link"),
        deliberate=fields.keeps_anyway(values),
        actions=fields.text(values, "actions"),
        actions_closed_by_another=fields.ticked(values, "closed_by_another"),
    )


def _said(logged: LoggedContact) -> dict[str, object]:
    return {
        "contact": logged.contact,
        "contract": logged.contract_reference,
        "title": logged.contract_title,
        "partner": logged.partner,
        "actions": logged.actions,
        "people": logged.people,
    }


ABOUT_ONE: dict[str, Callable[[Act, str], Outcome]] = {"show": _show, "correct": _correct}
