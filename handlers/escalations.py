"""Answering an escalation: acknowledge it, take it over, ask for a plan by a day, pause it until a day."""

from slack_bolt.async_app import AsyncApp

from bot.services.escalations import answering
from bot.services.escalations.cards import EscalationCard
from bot.services.work import Act
from handlers import fields
from handlers.arrivals import Click, Submission
from handlers.desk import Desk
from handlers.outcome import Outcome


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the four buttons and the two forms."""
    desk.on_click(app, "escalation_acknowledge", acknowledge)
    desk.on_click(app, "escalation_take_over", take_over)
    desk.on_click(app, "escalation_plan", open_plan)
    desk.on_submit(app, "escalation_plan_form", ask_for_plan)
    desk.on_click(app, "escalation_pause", open_pause)
    desk.on_submit(app, "escalation_pause_form", pause)


def acknowledge(act: Act, click: Click) -> Outcome:
    """Note that whoever was asked has seen it; every message about it is updated."""
    answering.acknowledge(act, click.value)
    return Outcome()


def take_over(act: Act, click: Click) -> Outcome:
    """Let whoever clicks be the one whom it is with: they get a message of their own."""
    answering.take_over(act, click.value)
    return Outcome()


def open_plan(act: Act, click: Click) -> Outcome:
    """Open the form by which a plan is asked for."""
    return Outcome.opens(act.messages.view("escalation_plan_form", asked=answering.to_plan(act, click.value)))


def ask_for_plan(act: Act, form: Submission) -> Outcome:
    """Ask for it: it is an action of theirs from now on."""
    until = fields.day(form.values, "until", act.today)
    return _done(act, answering.ask_for_plan(act, form.metadata, fields.text(form.values, "who"), until))


def open_pause(act: Act, click: Click) -> Outcome:
    """Open the form by which it is paused."""
    return Outcome.opens(act.messages.view("escalation_pause_form", card=answering.to_pause(act, click.value)))


def pause(act: Act, form: Submission) -> Outcome:
    """Let its time stand until the day."""
    until = fields.day(form.values, "until", act.today)
    return _done(act, answering.pause(act, form.metadata, until, fields.text(form.values, "reason")))


def _done(act: Act, card: EscalationCard) -> Outcome:
    return Outcome.shows(act.messages.view("escalation_answered", card=card))
