"""Reminders: answering a line of the day's message, deciding on more time, and a contract's own rules."""

from slack_bolt.async_app import AsyncApp

from bot.domain.nudges import NudgeKind, NudgeRule, parse_days_ahead
from bot.domain.scores import Impact, Likelihood
from bot.messages import View
from bot.services.nudges import answers, more_time, settings
from bot.services.nudges.answers import Answer, Asked, NotThisWay
from bot.services.nudges.settings import ContractRules
from bot.services.progress import reports
from bot.services.progress.report_values import values_of
from bot.services.risks import risk_review
from bot.services.work import Act
from handlers import contacts, fields
from handlers.arrivals import Click, Submission
from handlers.desk import Desk
from handlers.outcome import Outcome

MOST_EVERY = 30


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the journey."""
    desk.on_click(app, "nudge_open", open_line)
    desk.on_submit(app, "nudge_form", answer)
    desk.on_click(app, "nudge_confirm", confirm)
    desk.on_click(app, "more_time_agree", agree)
    desk.on_click(app, "more_time_refuse", refuse)
    desk.on_click(app, "nudge_rule_open", open_rule)
    desk.on_submit(app, "nudge_rule_form", change_rule)


def rules(act: Act, typed: str) -> Outcome:
    """`/contract nudges WP-NE` shows when people are reminded of what."""
    found = settings.rules_of(act, typed)
    return Outcome.answers(act.messages.message("contract_nudges", found=found))


def open_line(act: Act, click: Click) -> Outcome:
    """Ask what became of a line. The button carries its id."""
    return Outcome.opens(act.messages.view("nudge_form", asked=answers.asked(act, click.record_id)))


def answer(act: Act, form: Submission) -> Outcome:
    """Keep the answer, and show what comes of it: for "now", the form that does it."""
    asked = answers.asked(act, form.record_id)
    said = fields.choice(Answer, form.values, "answer")
    if said not in asked.answers:
        raise NotThisWay
    why = fields.text(form.values, "why")
    match said:
        case Answer.NOW:
            return Outcome.shows(_form_of(act, asked))
        case Answer.DONE:
            state = answers.mark_done(act, asked)
        case Answer.MORE_TIME:
            state = more_time.ask(act, asked, fields.day(form.values, "until", act.today), why)
        case Answer.SNOOZE:
            state = answers.snooze(act, asked, fields.day(form.values, "until", act.today))
        case Answer.NOT_MINE:
            state = answers.pass_on(act, asked, why)
    return Outcome.shows(act.messages.view("nudge_answered", asked=asked, state=state))


def _form_of(act: Act, asked: Asked) -> View:
    """The form that does what is due at once."""
    line = asked.line
    match line.kind:
        case NudgeKind.REPORT:
            due = reports.report_of_button(act, line.subject_id)
            return act.messages.view("report_form", due=due, values=values_of(due))
        case NudgeKind.RISK_REVIEW:
            found = risk_review.risk_to_review(act, str(line.subject_id))
            scales = {"likelihoods": list(Likelihood), "impacts": list(Impact)}
            return act.messages.view("risk_review_form", found=found, **scales)
        case NudgeKind.CONTACT:
            return contacts.form(act, asked.contract.reference)
    raise NotThisWay


def confirm(act: Act, click: Click) -> Outcome:
    """Confirm what a partner's person said to be done."""
    asked = answers.confirm(act, click.record_id)
    return Outcome.says(act.messages.message("sentence", sentence=f"Confirmed: {asked.line.what} is done."), keep=True)


def agree(act: Act, click: Click) -> Outcome:
    """Agree to more time: the day is moved."""
    return _decided(act, click, agreed=True)


def refuse(act: Act, click: Click) -> Outcome:
    """Leave the day as it is."""
    return _decided(act, click, agreed=False)


def _decided(act: Act, click: Click, *, agreed: bool) -> Outcome:
    extension = more_time.decide(act, click.record_id, agreed=agreed)
    return Outcome.says(act.messages.message("more_time_decided", extension=extension), keep=True)


def open_rule(act: Act, click: Click) -> Outcome:
    """Open the form that changes a rule of a contract. The button carries the contract's id."""
    return Outcome.opens(_rule_form(act, settings.rules_to_change(act, click.record_id)))


def _rule_form(act: Act, found: ContractRules) -> View:
    every = [("never", "never")] + [(str(days), str(days)) for days in range(1, MOST_EVERY + 1)]
    return act.messages.view("nudge_rule_form", found=found, every=every)


def change_rule(act: Act, form: Submission) -> Outcome:
    """Keep a contract's own rule for one kind of thing, or take it back."""
    kind = fields.choice(NudgeKind, form.values, "kind")
    rule = None
    if not fields.ticked(form.values, "usual"):
        every = fields.text(form.values, "late_every")
        late = None if every == "never" else fields.whole(form.values, "late_every", MOST_EVERY)
        rule = NudgeRule(parse_days_ahead(fields.text(form.values, "before"), "before"), late)
    found = settings.change_rule(act, form.record_id, kind, rule)
    return Outcome.shows(act.messages.view("nudge_rule_done", found=found))
