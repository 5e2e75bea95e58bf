"""A message, or its whole thread, taken into the contact log."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.delivery.slack_messages import MessageContext, MessageRef, Thread, UnreadReason, message_context, read_thread
from bot.interactions.error_responses import no_such_command
from bot.interactions.payloads import Click, Shortcut
from bot.interactions.response import Response, reads
from bot.interactions.router import Router
from bot.services.contacts import contact_forms, contacts
from bot.services.contacts.contact_forms import WrittenMessage, chosen_contract, form_of
from bot.services.unit_of_work import ActorContext
from handlers.contacts import entry_in_form, form_as_it_is, form_view

READ_WITHIN = timedelta(seconds=30)
_THREAD = re.compile(r"(?P<channel>[CDG][A-Z0-9]{1,30}) (?P<ts>[0-9]{1,12}\.[0-9]{6})")


def register(router: Router) -> None:
    """Register the message shortcut and the button for its thread."""
    router.on_shortcut("contact_from_message", reads(from_message))
    router.on_click("contact_thread", reads(take_thread, takes_long=True))


def from_message(ctx: ActorContext, shortcut: Shortcut) -> Response:
    """Open the form with the text of a message."""
    written, place = WrittenMessage(shortcut.author, shortcut.text, shortcut.written_at), shortcut.place
    unknown = contact_forms.unknown_authors(ctx, written)

    def then(ctx: ActorContext, found: MessageContext) -> Response:
        here = chosen_contract(ctx, contacts.contract_to_begin_with(ctx, place.channel))
        made = form_of(ctx, contact_forms.entry_of_message(ctx, here, written, found))
        readable = place.thread and found.unread is not UnreadReason.NOT_THERE
        thread = f"{place.channel} {place.thread}" if readable else ""
        return Response.opens(form_view(ctx, replace(made, thread=thread, unread=found.unread)))

    return Response.after(partial(message_context, place=place, unknown=unknown), then)


def take_thread(ctx: ActorContext, click: Click) -> Response:
    """Put the text of the whole thread into the form, in place of the message. The button's thread is an unverified
    claim."""
    claimed = _THREAD.fullmatch(click.metadata)
    if claimed is None:
        raise no_such_command()
    place = MessageRef(claimed["channel"], claimed["ts"], claimed["ts"])
    entry = entry_in_form(ctx, click)

    def then(ctx: ActorContext, thread: Thread) -> Response:
        if thread.unread:
            made = replace(form_as_it_is(ctx, click, entry), unread=thread.unread)
            return Response.opens(form_view(ctx, made), in_place=True)
        taken = contact_forms.entry_with_thread(ctx, chosen_contract(ctx, entry.contract), entry, thread)
        made = replace(form_as_it_is(ctx, click, taken), thread="", fresh="_thread", has_thread=True)
        return Response.opens(form_view(ctx, made), in_place=True)

    return Response.after(partial(read_thread, place=place, reader=ctx.actor.slack), then, READ_WITHIN)
