"""Findings: recording them one after the other, the partner's response, and what the lead verifies."""

from dataclasses import replace
from functools import partial

from bot.delivery.messages import Message, View
from bot.domain.finding_cycle import FindingEvent, FindingGrade, FindingState
from bot.interactions import form_fields, record_forms
from bot.interactions.commands import Typed
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import ASK_WITHIN, Response, asks_and_writes, reads, writes
from bot.interactions.router import Router
from bot.models import Finding
from bot.records import FindingRecord
from bot.services.audits import audit_pages, findings, responses
from bot.services.audits.audit_pages import FindingPage
from bot.services.audits.audits import AuditCard
from bot.services.audits.findings import FindingCard
from bot.services.audits.responses import FindingDone
from bot.services.given_files import GivenFile
from bot.services.unit_of_work import ActorContext
from handlers.certificates import fetch, send
from handlers.files import FETCH_WITHIN


def register(router: Router) -> None:
    """Register the buttons and forms."""
    router.on_click("finding_add", reads(open_new))
    router.on_submit("finding_new_form", asks_and_writes(add))
    router.on_submit("finding_more_form", reads(another))
    router.on_click("finding_edit", reads(open_edit))
    router.on_submit("finding_edit_form", writes(edit))
    router.on_click("finding_show", reads(show))
    router.on_click("finding_file", reads(get_file, takes_long=True))
    router.on_click("finding_respond", reads(open_response))
    router.on_submit("finding_agree_form", writes(agree))
    router.on_click("finding_dispute", reads(open_dispute))
    router.on_submit("finding_dispute_form", writes(dispute))
    router.on_click("finding_done", reads(open_done))
    router.on_submit("finding_done_form", writes(say_done))
    router.on_click("finding_check", reads(open_check))
    router.on_submit("finding_verify_form", writes(verify))
    router.on_click("finding_change", reads(open_change))
    router.on_submit("finding_change_form", writes(change))


def page(ctx: ActorContext, shown: FindingPage) -> Message:
    """A finding as its reader may see it, with what they can do."""
    return ctx.messages.message("audits/finding_page", page=shown)


def typed(ctx: ActorContext, line: Typed) -> Response:
    """`finding V-3` opens the form for what a visit found."""
    return Response.opens(_form(ctx, findings.audit_to_record(ctx, line.rest), None))


def verify_typed(ctx: ActorContext, line: Typed) -> Response:
    """`verify F-12` opens the form to verify its actions, or to answer a dispute."""
    return Response.opens(_check_view(ctx, responses.finding_typed(ctx, line.rest)))


def open_new(ctx: ActorContext, click: Click) -> Response:
    """Open the form for what the visit of a button found."""
    return Response.opens(_form(ctx, findings.audit_of_form(ctx, click.record_key), None))


def another(ctx: ActorContext, form: Submission) -> Response:
    """Show the form again, for one more finding."""
    return Response.shows(_form(ctx, findings.audit_of_form(ctx, form.record_key), None))


def _form(ctx: ActorContext, audit: AuditCard, row: Finding | None) -> View:
    known = FindingRecord.kept_in(row) if row else {}
    grades = [(grade.in_words, grade.value) for grade in FindingGrade]
    made = record_forms.inputs(FindingRecord, known, {"grade": grades})
    return ctx.messages.view(
        "audits/finding_form",
        facts=audit.facts,
        contract=audit.contract,
        finding=row,
        inputs=[replace(each, optional=each.optional or each.block == "link") for each in made],
        recorded=_recorded(ctx, audit),
    )


def add(ctx: ActorContext, form: Submission) -> Response:
    """Record the finding of the form. Its file is fetched from Slack first."""
    key, file_id = form.record_key, form_fields.text(form.values, "file").partition(",")[0]
    record = _record(form, findings.audit_of_form(ctx, key).contract.reference)
    if not file_id:
        return Response(further=lambda ctx: _added(ctx, None, key=key, record=record))
    return Response.after(partial(fetch, file_id=file_id), partial(_added, key=key, record=record), ASK_WITHIN)


def _added(ctx: ActorContext, file: GivenFile | None, *, key: str, record: FindingRecord) -> Response:
    card = findings.add(ctx, key, record, file)
    recorded = _recorded(ctx, card.audit)
    return Response.shows(ctx.messages.view("audits/finding_added", card=card, given=record.grade, recorded=recorded))


def _recorded(ctx: ActorContext, audit: AuditCard) -> int:
    """How many findings a visit has."""
    return len(audit_pages.audit_page_of_button(ctx, audit.row.public_id).findings)


def _record(form: Submission, contract: str) -> FindingRecord:
    known = {"contract": contract, "audit": "A visit", "found": "1 January 2027"}
    return record_forms.read(FindingRecord, form.values, known)


def open_edit(ctx: ActorContext, click: Click) -> Response:
    """Open the form that corrects a finding."""
    card = findings.finding_to_edit(ctx, click.record_key)
    return Response.opens(_form(ctx, card.audit, card.row))


def edit(ctx: ActorContext, form: Submission) -> Response:
    """Correct the finding."""
    reference = findings.finding_to_edit(ctx, form.record_key).audit.contract.reference
    card = findings.edit(ctx, form.record_key, _record(form, reference))
    return _done(ctx, FindingDone(card, f"{card.row.reference} is corrected."))


def show(ctx: ActorContext, click: Click) -> Response:
    """Show the finding of a button."""
    return Response.says(page(ctx, audit_pages.finding_page_of_button(ctx, click.record_key)))


def get_file(ctx: ActorContext, click: Click) -> Response:
    """Send the file of the evidence to whoever asks for it, by direct message."""
    file, user = findings.file_of(ctx, click.record_key), ctx.actor.slack

    def sent(ctx: ActorContext, _done: None) -> Response:
        sentence = f"Liaison sent you {file.name} as a direct message."
        return Response.says(ctx.messages.message("common/sentence", sentence=sentence))

    return Response.after(partial(send, user=user, file=file), sent, FETCH_WITHIN)


def response_view(ctx: ActorContext, key: str) -> View:
    """The form in which the partner agrees to a finding. Raises `UserError` or `Denied`."""
    card = responses.finding_to_answer(ctx, key, FindingEvent.AGREED)
    return ctx.messages.view("audits/agree_form", card=card, contained=card.row.grade in responses.CONTAINED)


def open_response(ctx: ActorContext, click: Click) -> Response:
    """Open the form in which the partner agrees."""
    return Response.opens(response_view(ctx, click.record_key))


def agree(ctx: ActorContext, form: Submission) -> Response:
    """Keep the partner's response, with its steps."""
    parts = [form_fields.text(form.values, name) for name in ("containment", "root_cause", "steps")]
    return _done(ctx, responses.agree(ctx, form.record_key, *parts))


def open_dispute(ctx: ActorContext, click: Click) -> Response:
    """Open the form in which the partner disputes a finding."""
    card = responses.finding_to_answer(ctx, click.record_key, FindingEvent.DISPUTED)
    return Response.opens(
        ctx.messages.view("audits/dispute_form", card=card, within=responses.answered_within(ctx, card))
    )


def dispute(ctx: ActorContext, form: Submission) -> Response:
    """Keep the dispute, for the lead to decide."""
    return _done(ctx, responses.dispute(ctx, form.record_key, form_fields.text(form.values, "reason")))


def done_view(ctx: ActorContext, key: str) -> View:
    """The form in which somebody says that an action of a finding is done. Raises `UserError` or `Denied`."""
    item, card = responses.step_to_do(ctx, key)
    return ctx.messages.view("audits/done_form", item=item, card=card, days=ctx.days)


def open_done(ctx: ActorContext, click: Click) -> Response:
    """Open the form that says that an action is done."""
    return Response.opens(done_view(ctx, click.record_key))


def say_done(ctx: ActorContext, form: Submission) -> Response:
    """Note that an action is said to be done."""
    on = form_fields.day(form.values, "on", ctx.days.own)
    return _done(ctx, responses.say_done(ctx, form.record_key, on, form_fields.text(form.values, "evidence")))


def check_view(ctx: ActorContext, key: str) -> View:
    """The form in which the lead verifies actions, or answers a dispute. Raises `UserError` or `Denied`."""
    return _check_view(ctx, responses.finding_to_check(ctx, key))


def _check_view(ctx: ActorContext, card: FindingCard) -> View:
    if card.row.state is FindingState.DISPUTED:
        return _change_view(ctx, card)
    events = (FindingEvent.VERIFIED, FindingEvent.RETURNED)
    return ctx.messages.view("audits/verify_form", card=card, items=card.to_verify, events=events)


def open_check(ctx: ActorContext, click: Click) -> Response:
    """Open the form in which the lead looks at a finding."""
    return Response.opens(check_view(ctx, click.record_key))


def verify(ctx: ActorContext, form: Submission) -> Response:
    """Verify the chosen actions, or send them back."""
    event, chosen = form_fields.choice(FindingEvent, form.values, "event"), form_fields.text(form.values, "steps")
    reason = form_fields.text(form.values, "reason")
    return _done(ctx, responses.verify(ctx, form.record_key, chosen.split(","), event, reason))


def open_change(ctx: ActorContext, click: Click) -> Response:
    """Open the form that upholds, reopens or withdraws a finding."""
    return Response.opens(_change_view(ctx, responses.finding_to_change(ctx, click.record_key)))


def _change_view(ctx: ActorContext, card: FindingCard) -> View:
    return ctx.messages.view("audits/change_form", card=card, events=card.events)


def change(ctx: ActorContext, form: Submission) -> Response:
    """Uphold, reopen or withdraw the finding."""
    event = form_fields.choice(FindingEvent, form.values, "event")
    return _done(ctx, responses.change(ctx, form.record_key, event, form_fields.text(form.values, "reason")))


def _done(ctx: ActorContext, done: FindingDone) -> Response:
    heading = f"{done.card.row.reference} {done.card.audit.contract.reference}"
    return Response.shows(ctx.messages.view("documents/done", heading=heading, sentence=done.sentence))
