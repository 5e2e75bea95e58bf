"""What is open for a partner: the buttons of the pinned message, and the same for who mentions or writes to Liaison."""

from sqlmodel import Session

from bot.delivery.messages import Message
from bot.interactions import error_responses, form_fields
from bot.interactions.payloads import Click, Event, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.interactions.written import is_written_by_a_person
from bot.services.contacts import from_partner
from bot.services.contacts.from_partner import Told
from bot.services.pages import home, partner_list
from bot.services.pages.partner_list import OwnLists
from bot.services.people import setup
from bot.services.progress import report_replies
from bot.services.reminders import more_time
from bot.services.unit_of_work import ActorContext, NewcomerContext
from handlers import contacts


def register(router: Router) -> None:
    """Register the buttons and forms."""
    router.on_click("partner_list_all", reads(show_all))
    router.on_click("partner_tell", reads(open_telling))
    router.on_submit("partner_tell_form", writes(tell))
    router.on_click("more_time_open", reads(open_more_time))
    router.on_submit("more_time_form", writes(ask_for_more_time))
    router.on_event(
        "app_mention",
        reads(mentioned),
        explain=error_responses.click_error,
        matters=is_written_by_a_person,
        concerns=is_no_reply_to_a_prompt,
        welcome=welcome,
    )
    router.on_event(
        "message",
        writes(written_to),
        explain=error_responses.click_error,
        matters=is_written_to_liaison,
        welcome=welcome,
    )


def is_written_to_liaison(event: Event) -> bool:
    """Whether a person wrote something in their direct messages with Liaison, and sent no file with it."""
    about = event.about
    is_direct = about.get("channel_type") == "im" and about.get("subtype") != "file_share"
    return is_direct and is_written_by_a_person(event) and bool(about.get("text"))


def is_no_reply_to_a_prompt(session: Session, event: Event) -> bool:
    """Whether the message is in no report's thread: what is written there is for the report."""
    about = event.about
    return not report_replies.is_of_a_report(session, about["channel"], about.get("thread_ts", ""))


def mentioned(ctx: ActorContext, event: Event) -> Response:
    """Show who mentions Liaison what is open for them: on the channel's contract if it is theirs, else on all."""
    return Response.says(_open_for(ctx, partner_list.lists_in(ctx, event.about["channel"])))


def written_to(ctx: ActorContext, event: Event) -> Response:
    """Send who writes to Liaison what is open for them."""
    message = _open_for(ctx, partner_list.own_lists(ctx))
    is_sent = partner_list.send_own(ctx, f"list {event.key}", message)
    return Response() if is_sent else Response.says(message)


def welcome(newcomer: NewcomerContext, _event: Event) -> Response:
    """Tell a person who is not in the register how to get in."""
    ask = setup.whom_to_ask(newcomer)
    return Response.says(newcomer.messages.message("liaison/help_for_newcomer", name=newcomer.identity.name, ask=ask))


def _open_for(ctx: ActorContext, found: OwnLists) -> Message:
    if ctx.actor.is_department:
        return ctx.messages.message("home/in_short", page=home.home_in_short(ctx))
    return ctx.messages.message("partners/lists", lists=found.lists, more=found.more)


def show_all(ctx: ActorContext, click: Click) -> Response:
    """Show the whole list of a contract to who asks."""
    found = partner_list.list_of_button(ctx, click.record_key)
    return Response.says(ctx.messages.message("partners/lists", lists=[found], more=0))


def open_telling(ctx: ActorContext, click: Click) -> Response:
    """Open the short form for a partner's person, or the contact form for the department."""
    if ctx.actor.is_department:
        return Response.opens(contacts.form_of_button(ctx, click.record_key))
    contract = from_partner.contract_to_tell_of(ctx, click.record_key)
    return Response.opens(ctx.messages.view("contacts/tell_form", contract=contract))


def tell(ctx: ActorContext, form: Submission) -> Response:
    """Keep what a partner's person tells, and let the contract manager know."""
    told = Told(
        about=form_fields.text(form.values, "about"),
        words=form_fields.text(form.values, "words"),
        link=form_fields.text(form.values, "link"),
        deliberate=form_fields.keeps_anyway(form.values),
    )
    found = from_partner.tell(ctx, form.record_key, told)
    return Response.shows(ctx.messages.view("contacts/told", told=found))


def open_more_time(ctx: ActorContext, click: Click) -> Response:
    """Open the form that asks for more time for something that is due."""
    form = more_time.form_for(ctx, click.record_key)
    return Response.opens(ctx.messages.view("reminders/more_time_form", form=form))


def ask_for_more_time(ctx: ActorContext, form: Submission) -> Response:
    """Ask the contract manager for more time."""
    chosen, why = form_fields.text(form.values, "what"), form_fields.text(form.values, "why")
    until = form_fields.day(form.values, "until", ctx.today)
    extension = more_time.ask_for(ctx, form.record_key, chosen, until, why)
    return Response.shows(ctx.messages.view("reminders/more_time_asked", extension=extension))
