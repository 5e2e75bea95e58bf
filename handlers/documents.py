"""Memos and policies: writing and issuing them, and what partners' people answer.

Their commands are in handlers of their own (see `memos`), which say of which kind they are.
"""

from bot.delivery.messages import Message, View
from bot.domain.document_cycle import DocumentKind, ExceptionEvent
from bot.domain.document_text import EXAMPLE
from bot.domain.wording import format_date, join_words
from bot.errors import UserError
from bot.interactions import form_fields
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.services.documents import (
    answering,
    counts,
    document_pages,
    exceptions,
    issuing,
    policies,
    questions,
    scope,
    writing,
)
from bot.services.documents.answering import AnsweredDocument
from bot.services.documents.versions import VersionCard
from bot.services.documents.writing import DocumentEntry
from bot.services.unit_of_work import ActorContext


def register(router: Router) -> None:
    """Register the buttons and forms."""
    router.on_submit("document_new_form", writes(submit_new))
    router.on_submit("document_edit_form", writes(submit_edit))
    router.on_submit("document_issue_form", writes(issue))
    router.on_click("document_show", reads(show))
    router.on_click("document_preview", reads(preview))
    router.on_click("document_edit", reads(open_edit))
    router.on_click("document_discard", writes(discard))
    router.on_click("document_waiting", reads(waiting))
    router.on_click("policy_approve", writes(approve))
    router.on_click("policy_reviewed", writes(reviewed))
    router.on_click("document_acknowledge", writes(acknowledge))
    router.on_submit("document_read_form", writes(acknowledge_read))
    router.on_click("document_passed_on", writes(pass_on))
    router.on_click("document_question_open", reads(open_question))
    router.on_submit("document_question_form", writes(ask))
    router.on_click("document_answer_open", reads(open_answer))
    router.on_submit("document_answer_form", writes(answer))
    router.on_click("document_exception_open", reads(open_exception))
    router.on_submit("document_exception_form", writes(ask_exception))
    router.on_click("document_decide_open", reads(open_decision))
    router.on_submit("document_decide_form", writes(decide))


def new_form(ctx: ActorContext, kind: DocumentKind, typed: str) -> View:
    """The form for a new document for the contracts that were typed. UserError, AmbiguousMatch, Denied."""
    contracts = scope.contracts_named(ctx, typed)
    return ctx.messages.view(
        "documents/form",
        heading=f"New {kind.noun}",
        metadata=f"{kind.value} {typed}"[:2900],
        card=None,
        recipients=join_words([each.reference for each in contracts]),
        ask=ctx.actor.slack,
        example=EXAMPLE,
    )


def edit_form(ctx: ActorContext, card: VersionCard) -> View:
    """The form that changes a draft."""
    contracts = issuing.preview(ctx, card.version.public_id).to.contracts
    return ctx.messages.view(
        "documents/form",
        heading=f"Edit {card.document.kind.noun}",
        metadata=card.version.public_id,
        card=card,
        recipients=join_words([each.reference for each in contracts]),
        ask=card.ask.slack if card.ask else ctx.actor.slack,
        example=EXAMPLE,
    )


def submit_new(ctx: ActorContext, form: Submission) -> Response:
    """Keep the draft, and show it as partners will see it."""
    word, _, typed = form.claim.partition(" ")
    kind = next((each for each in DocumentKind if each.value == word), None)
    if kind is None:
        raise UserError("This form does not say what it is about, so nothing was done. Type the command again.")
    card = writing.write(ctx, kind, typed, _entry(ctx, form))
    return Response.shows(_preview(ctx, card.version.public_id))


def submit_edit(ctx: ActorContext, form: Submission) -> Response:
    """Keep the changed draft, and show it as partners will see it."""
    card = writing.edit(ctx, form.record_key, _entry(ctx, form))
    return Response.shows(_preview(ctx, card.version.public_id))


def issue(ctx: ActorContext, form: Submission) -> Response:
    """Issue the draft of the preview."""
    prepared = issuing.issue(ctx, form.record_key)
    return Response.shows(ctx.messages.view("documents/issued", prepared=prepared))


def show(ctx: ActorContext, click: Click) -> Response:
    """Show a document of a list."""
    return Response.says(page(ctx, document_pages.page_of_button(ctx, click.record_key)))


def page(ctx: ActorContext, shown: document_pages.DocumentPage) -> Message:
    """A document as its reader may see it."""
    return ctx.messages.message("documents/page", shown=shown)


def listed(ctx: ActorContext, kind: DocumentKind, *, everything: bool) -> Message:
    """The list of a kind."""
    found = document_pages.list_of(ctx, kind, everything=everything)
    return ctx.messages.message("documents/list", listed=found)


def preview(ctx: ActorContext, click: Click) -> Response:
    """Show a draft as partners will see it."""
    return Response.opens(_preview(ctx, click.record_key))


def open_edit(ctx: ActorContext, click: Click) -> Response:
    """Open the form that changes a draft."""
    return Response.opens(edit_form(ctx, writing.draft_to_edit(ctx, click.record_key)))


def discard(ctx: ActorContext, click: Click) -> Response:
    """Give up a draft."""
    card = writing.discard(ctx, click.record_key)
    return _says(ctx, f"The draft of {card.name} is discarded.")


def approve(ctx: ActorContext, click: Click) -> Response:
    """Approve the draft of a policy."""
    card = policies.approve(ctx, click.record_key)
    return _says(ctx, f"{card.name} is approved, and can be issued.")


def reviewed(ctx: ActorContext, click: Click) -> Response:
    """Note that a policy was reviewed and stays as it is."""
    document, again = policies.reviewed(ctx, click.record_key)
    return _says(ctx, f"{document.name} stays as it is. It is reviewed again by {format_date(again)}.")


def waiting(ctx: ActorContext, click: Click) -> Response:
    """Say who has not acknowledged it."""
    found = counts.unacknowledged(ctx, click.record_key)
    return Response.says(ctx.messages.message("documents/waiting", waiting=found))


def acknowledge(ctx: ActorContext, click: Click) -> Response:
    """Acknowledge it. The message is brought up to date, for everybody who got it."""
    return _says(ctx, _acknowledged(answering.acknowledge(ctx, click.record_key)))


def read_view(ctx: ActorContext, key: str, *, in_window: bool = False) -> View:
    """What a partner's person reads before they acknowledge it. Raises `UserError` or `Denied`."""
    return ctx.messages.view("documents/read", page=answering.page_to_answer(ctx, key), in_window=in_window)


def acknowledge_read(ctx: ActorContext, form: Submission) -> Response:
    """Acknowledge what was read."""
    return _shows(ctx, "Acknowledged", _acknowledged(answering.acknowledge(ctx, form.record_key)))


def pass_on(ctx: ActorContext, click: Click) -> Response:
    """Note that it was passed on to the subcontractors."""
    answered = answering.pass_on(ctx, click.record_key)
    return _says(ctx, f"Saved: {answered.card.document.name} was passed on to your subcontractors.")


def open_question(ctx: ActorContext, click: Click) -> Response:
    """Open the form for a question."""
    answered = answering.to_answer(ctx, click.record_key)
    return Response.opens(ctx.messages.view("documents/question_form", answered=answered, key=click.record_key))


def ask(ctx: ActorContext, form: Submission) -> Response:
    """Put the question to the department."""
    asked = questions.ask(ctx, form.record_key, form_fields.text(form.values, "question"))
    who = asked.manager.name if asked.manager else "the department"
    return _shows(ctx, "Question asked", f"Your question is with {who}. You will hear the answer here.")


def answer_view(ctx: ActorContext, key: str) -> View:
    """The form that answers a question. Raises `UserError` or `Denied`."""
    return ctx.messages.view("documents/answer_form", asked=questions.question_to_answer(ctx, key))


def open_answer(ctx: ActorContext, click: Click) -> Response:
    """Open the form that answers a question."""
    return Response.opens(answer_view(ctx, click.record_key))


def answer(ctx: ActorContext, form: Submission) -> Response:
    """Answer the question."""
    asked = questions.answer(ctx, form.record_key, form_fields.text(form.values, "answer"))
    return _shows(ctx, "Answered", f"{asked.asker.name} is told your answer.")


def open_exception(ctx: ActorContext, click: Click) -> Response:
    """Open the form that asks for an exception."""
    answered = answering.to_answer(ctx, click.record_key)
    return Response.opens(ctx.messages.view("documents/exception_form", answered=answered, key=click.record_key))


def ask_exception(ctx: ActorContext, form: Submission) -> Response:
    """Ask for the exception."""
    until = form_fields.day(form.values, "until", ctx.days.own)
    request = exceptions.ask(ctx, form.record_key, form_fields.text(form.values, "reason"), until)
    who = request.manager.name if request.manager else "The department"
    return _shows(ctx, "Exception asked for", f"{who} decides on it, and you will hear of it here.")


def decision_view(ctx: ActorContext, key: str) -> View:
    """The form that decides on an exception. Raises `UserError` or `Denied`."""
    return ctx.messages.view("documents/decide_form", request=exceptions.exception_to_decide(ctx, key))


def open_decision(ctx: ActorContext, click: Click) -> Response:
    """Open the form that decides on an exception."""
    return Response.opens(decision_view(ctx, click.record_key))


def decide(ctx: ActorContext, form: Submission) -> Response:
    """Grant or refuse the exception."""
    event = form_fields.choice(ExceptionEvent, form.values, "decision")
    until = form_fields.optional_day(form.values, "until", ctx.days.own)
    done = exceptions.decide(ctx, form.record_key, event, until, form_fields.text(form.values, "reason"))
    return _shows(ctx, f"Exception {done.asked.state}", f"{done.asker.name} is told that it is {done.asked.state}.")


def _preview(ctx: ActorContext, key: str) -> View:
    return ctx.messages.view("documents/preview", prepared=issuing.preview(ctx, key))


def _entry(ctx: ActorContext, form: Submission) -> DocumentEntry:
    values, today = form.values, ctx.days.own
    return DocumentEntry(
        form_fields.text(values, "subject"),
        form_fields.text(values, "changes"),
        form_fields.text(values, "action"),
        form_fields.optional_day(values, "effective_on", today),
        form_fields.optional_day(values, "acknowledge_by", today),
        form_fields.text(values, "ask"),
        form_fields.text(values, "links"),
        form_fields.ticked(values, "urgent"),
    )


def _acknowledged(answered: AnsweredDocument) -> str:
    return f"{answered.card.document.name} is acknowledged for {answered.references}."


def _says(ctx: ActorContext, sentence: str) -> Response:
    return Response.says(ctx.messages.message("common/sentence", sentence=sentence))


def _shows(ctx: ActorContext, heading: str, sentence: str) -> Response:
    return Response.shows(ctx.messages.view("documents/done", heading=heading, sentence=sentence))
