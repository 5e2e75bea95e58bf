"""A message, or its whole thread, taken into the form of the contact log."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.services.contacts import contact_message, contacts
from bot.services.contacts.contact_form import chosen_contract, form_of
from bot.services.contacts.contact_message import Written
from bot.services.work import Act
from bot.slack_messages import Around, Place, Thread, Unread, around, read_thread
from handlers.arrivals import Click, Shortcut
from handlers.contacts import entry_as_it_stands, shown
from handlers.desk import Desk
from handlers.explaining import NoSuchCommand
from handlers.outcome import Outcome

READ_WITHIN = timedelta(seconds=30)
_THREAD = re.compile(r"(?P<channel>[CDG][A-Z0-9]{1,30}) (?P<ts>[0-9]{1,12}\.[0-9]{6})")


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the journey."""
    desk.on_shortcut(app, "contact_from_message", from_message)
    desk.on_click(app, "contact_thread", take_thread, takes_long=True)


def from_message(act: Act, shortcut: Shortcut) -> Outcome:
    """Open the form with what a message says."""
    written, place = Written(shortcut.author, shortcut.text, shortcut.written_at), shortcut.place
    unknown = contact_message.unknown_authors(act, written)

    def then(act: Act, found: Around) -> Outcome:
        here = chosen_contract(act, contacts.contract_to_begin_with(act, place.channel))
        made = form_of(act, contact_message.entry_of_message(act, here, written, found))
        readable = place.thread and found.unread is not Unread.NOT_THERE
        thread = f"{place.channel} {place.thread}" if readable else ""
        return Outcome.opens(shown(act, replace(made, thread=thread, unread=found.unread)))

    return Outcome.after(partial(around, place=place, unknown=unknown), then)


def take_thread(act: Act, click: Click) -> Outcome:
    """Put the whole thread in the place of the message, in the form as it stands. What names the thread is a claim."""
    claimed = _THREAD.fullmatch(click.metadata)
    if claimed is None:
        raise NoSuchCommand
    place = Place(claimed["channel"], claimed["ts"], claimed["ts"])
    entry = entry_as_it_stands(act, click)

    def then(act: Act, thread: Thread) -> Outcome:
        if thread.unread:
            made = replace(form_of(act, entry), thread=click.metadata, unread=thread.unread)
            return Outcome.opens(shown(act, made), in_place=True)
        taken = contact_message.entry_with_thread(act, chosen_contract(act, entry.contract), entry, thread)
        return Outcome.opens(shown(act, replace(form_of(act, taken), fresh="_thread")), in_place=True)

    return Outcome.after(partial(read_thread, place=place, reader=act.actor.slack), then, READ_WITHIN)
