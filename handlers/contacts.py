"""Logging a contact: a form, or one line."""

from slack_bolt.async_app import AsyncApp

from bot.access import Action
from bot.models import ContactChannel
from bot.services import contacts
from bot.services import register as contract_register
from bot.services.contacts import ContactEntry, LoggedContact
from bot.services.work import Act
from handlers import fields
from handlers.arrivals import Command, Submission
from handlers.desk import Desk
from handlers.one_line import Incomplete, UnknownWord, first_in_lower_case
from handlers.outcome import Outcome

COMMAND = "/contact"
WORDS = {
    "call": ContactChannel.PHONE,
    "phone": ContactChannel.PHONE,
    "email": ContactChannel.EMAIL,
    "video": ContactChannel.VIDEO,
    "meeting": ContactChannel.FACE_TO_FACE,
    "letter": ContactChannel.LETTER,
    "visit": ContactChannel.SITE_VISIT,
}


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the journey."""
    desk.on_command(app, COMMAND, command)
    desk.on_submit(app, "contact_form", submit)


def command(act: Act, command: Command) -> Outcome:
    """`/contact` alone opens the form; a channel of contact, a reference and a summary are recorded at once."""
    # What was said is kept to the letter, so only the words before it are taken apart.
    match first_in_lower_case(command.text.split(maxsplit=2)):
        case []:
            return Outcome.opens(_form(act, command))
        case ["help"]:
            return Outcome.answers(act.messages.help(COMMAND))
        case [how, *_] if how not in WORDS:
            raise UnknownWord(act.messages.commands[COMMAND], how)
        case [how, reference, summary]:
            entry = ContactEntry(
                contract=reference,
                channel=WORDS[how],
                happened_on=act.today,
                summary=summary,
            )
            return Outcome(
                ack=act.messages.message("contact_logged", **_said(contacts.log_contact(act, entry))).as_answer()
            )
        case _:
            raise Incomplete("how you were in contact, the contract's reference and what was said")


def submit(act: Act, form: Submission) -> Outcome:
    """Record what the form says."""
    values = form.values
    entry = ContactEntry(
        contract=values.get("contract", ""),
        channel=fields.choice(ContactChannel, values, "channel"),
        happened_on=fields.day(values, "happened_on", act.today),
        attendees=values.get("attendees", ""),
        summary=values.get("summary", ""),
        next_contact_on=fields.optional_day(values, "next_contact_on", act.today),
        formal_notice="formal_notice" in values.get("formal_notice", ""),
    )
    return Outcome.shows(act.messages.view("contact_done", **_said(contacts.log_contact(act, entry))))


def _form(act: Act, command: Command) -> dict[str, object]:
    return act.messages.view(
        "contact_form",
        contracts=contract_register.contracts_for(act, Action.LOG_CONTACT),
        chosen=contract_register.reference_of_channel(act.session, command.channel),
        channels=list(ContactChannel),
        today=act.today,
    )


def _said(logged: LoggedContact) -> dict[str, object]:
    return {"contact": logged.contact, "contract": logged.contract_reference, "title": logged.contract_title}
