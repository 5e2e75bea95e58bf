"""Reminders: answering a line, deciding on more time, and a contract's own rules."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.delivery.messages import View
from bot.domain.due_kinds import DueKind
from bot.domain.reminders import ReminderRule, parse_days_ahead
from bot.interactions import form_fields
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.services.due.sources import source_of
from bot.services.reminders import answers, more_time, reminder_settings
from bot.services.reminders.answers import Answer, LineDetails, not_this_way
from bot.services.reminders.reminder_settings import ContractRules
from bot.services.unit_of_work import ActorContext
from handlers import (
    audits,
    certificates,
    contacts,
    documents,
    findings,
    interventions,
    money,
    progress,
    remedies,
    risk_forms,
    specification,
    spend,
)

MOST_EVERY = 30
AS_USUAL, NEVER = "as usual", "never"  # what a contract's own rule may say of the days after the due day


def register(router: Router) -> None:
    """Register the journey."""
    router.on_click("reminder_open", reads(open_line))
    router.on_submit("reminder_form", writes(answer))
    router.on_click("reminder_confirm", writes(confirm))
    router.on_click("more_time_agree", writes(agree))
    router.on_click("more_time_refuse", writes(refuse))
    router.on_click("reminder_rule_open", reads(open_rule))
    router.on_submit("reminder_rule_form", writes(change_rule))


def rules(ctx: ActorContext, typed: str) -> Response:
    """`/contract reminders WP-NE` shows the rules of a contract."""
    found = reminder_settings.rules_of(ctx, typed)
    return Response.answers(ctx.messages.message("contracts/reminders", found=found))


def open_line(ctx: ActorContext, click: Click) -> Response:
    """Open the form to answer a line. The button carries its id."""
    return Response.opens(ctx.messages.view("reminders/form", details=answers.line_to_answer(ctx, click.record_key)))


def answer(ctx: ActorContext, form: Submission) -> Response:
    """Record the answer and show its result; for "Do it now", show the form that does it."""
    details = answers.line_to_answer(ctx, form.record_key)
    chosen = form_fields.choice(Answer, form.values, "answer")
    if chosen not in details.answers:
        raise not_this_way()
    why = form_fields.text(form.values, "why")
    match chosen:
        case Answer.NOW:
            return Response.shows(_form_of(ctx, details))
        case Answer.DONE if details.is_done_in_form:
            return Response.shows(_form_of(ctx, details))
        case Answer.DONE:
            state = answers.mark_done(ctx, details)
        case Answer.MORE_TIME:
            state = more_time.ask(ctx, details, form_fields.day(form.values, "until", ctx.today), why)
        case Answer.SNOOZE:
            state = answers.snooze(ctx, details, form_fields.day(form.values, "until", ctx.today))
        case Answer.NOT_MINE:
            state = answers.pass_on(ctx, details, why)
    return Response.shows(ctx.messages.view("reminders/answered", details=details, state=state))


FORMS: Mapping[str, Callable[[ActorContext, str], View]] = {
    "owed_open": specification.owed_view,
    "report_open": progress.form_of_button,
    "option_open": specification.option_view,
    "memo_open": specification.memo_view,
    "plan_open": remedies.plan_view,
    "plan_notice_open": remedies.notice_view,
    "intervention_open": interventions.review_view,
    "certificate_give": certificates.give_view,
    "certificate_check": certificates.check_view,
    "credit_comment": money.comment_view,
    "credit_decide": money.decision_view,
    "invoice_open": spend.invoice_view,
    "spend_open": spend.spend_view,
    "document_answer_open": documents.answer_view,
    "document_decide_open": documents.decision_view,
    "audit_new": audits.new_view,
    "audit_open": audits.next_view,
    "audit_check": audits.check_view,
    "finding_respond": findings.response_view,
    "finding_check": findings.check_view,
    "finding_done": findings.done_view,
    "risk_review": risk_forms.review_form_of_button,
    "contact_open": contacts.form_of_button,
}
"""The form that settles a due item, by the action of its button; it takes the key that the button carries."""


def _form_of(ctx: ActorContext, details: LineDetails) -> View:
    """The form that does what the line asks for."""
    form = source_of(details.line.kind).form
    if form is None:
        raise not_this_way()
    return FORMS[form.action](ctx, details.key)


def confirm(ctx: ActorContext, click: Click) -> Response:
    """Confirm that what a partner's person claimed is done."""
    details = answers.confirm(ctx, click.record_key)
    return Response.says(ctx.messages.message("common/sentence", sentence=f"Confirmed: {details.line.what} is done."))


def agree(ctx: ActorContext, click: Click) -> Response:
    """Agree to more time, which moves the day."""
    return _decided(ctx, click, agreed=True)


def refuse(ctx: ActorContext, click: Click) -> Response:
    """Refuse more time, which leaves the day as it is."""
    return _decided(ctx, click, agreed=False)


def _decided(ctx: ActorContext, click: Click, *, agreed: bool) -> Response:
    extension = more_time.decide(ctx, click.record_key, agreed=agreed)
    return Response.says(ctx.messages.message("reminders/more_time_decided", extension=extension))


def open_rule(ctx: ActorContext, click: Click) -> Response:
    """Open the form that changes a rule of a contract. The button carries the contract's id."""
    return Response.opens(_rule_form(ctx, reminder_settings.rules_to_change(ctx, click.record_key)))


def _rule_form(ctx: ActorContext, found: ContractRules) -> View:
    return ctx.messages.view("reminders/rule_form", found=found, every=_every())


def _every() -> list[tuple[str, str]]:
    """How often a rule may remind after the due day, as options of a form."""
    return [(each, each) for each in (AS_USUAL, NEVER, *map(str, range(1, MOST_EVERY + 1)))]


def _when_late(form: Submission, rule: ReminderRule) -> ReminderRule:
    """The rule with what the form says of the days after the due day; the usual reminders then, unless it does."""
    typed = form_fields.text(form.values, "late_every")
    if typed == AS_USUAL:
        return rule
    every = None if typed == NEVER else form_fields.whole(form.values, "late_every", MOST_EVERY)
    return replace(rule, late_every=every, after=())


def change_rule(ctx: ActorContext, form: Submission) -> Response:
    """Set a contract's own rule for one kind of item, or restore the usual one."""
    kind = form_fields.choice(DueKind, form.values, "kind")
    rule = None
    if not form_fields.ticked(form.values, "usual"):
        before = parse_days_ahead(form_fields.text(form.values, "before"), "before")
        rule = _when_late(form, replace(source_of(kind).rule, before=before))
    found = reminder_settings.change_rule(ctx, form.record_key, kind, rule)
    return Response.shows(ctx.messages.view("reminders/rule_done", found=found))
