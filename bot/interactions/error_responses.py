"""Answering a failure: under its form field, beside the typed command, or as a sentence."""

from collections.abc import Sequence
from typing import Any

from bot.delivery.messages import Blocks, Message, Messages, View
from bot.delivery.slack_answers import Refused, Unsettled
from bot.domain.slack_text import with_names
from bot.domain.text_validation import Sensitive
from bot.errors import UserError, UserErrors
from bot.identity import Denied
from bot.interactions.disambiguation import choices
from bot.interactions.payloads import Command, Event, Request, Submission, stamped
from bot.interactions.response import Response
from bot.services.edit_conflicts import EditConflict
from bot.services.lookup.ambiguity import AmbiguousMatch
from bot.services.progress.doubts import Doubtful

EDIT_CONFLICT, KEEP_THEIRS = (
    "crossing",
    "theirs",
)  # the field with the choice, and its value to leave the other person's change in place
MOST_BLOCKS = 100  # docs.slack.dev/reference/views: a modal
_OF_A_FORM = ("type", "callback_id", "private_metadata", "title", "submit", "close", "external_id")


def not_answered(failure: BaseException) -> UserError:
    """Slack did not say what had to be known first."""
    if isinstance(failure, Unsettled):
        return UserError(
            "Liaison cannot see this channel, so nothing was done. Type /invite @Liaison there, and try again."
        )
    if isinstance(failure, Refused):
        return UserError(f"Slack would not say what had to be known first ({failure}), so nothing was done.")
    return UserError("Slack did not answer in time, so nothing was done. Try again in a minute.")


def no_such_command() -> UserError:
    """A button carries no command."""
    return UserError("This button no longer works, so nothing was done. Type the command again.")


def fault_of_ours(reference: str, *, kept: bool | None = None) -> UserError:
    """What a person is told of a fault. Of a form `kept` says whether what was typed is kept for the next time."""
    return UserError(
        f"Something went wrong on our side and nothing was recorded. {_NEXT[kept]}; if it happens again, "
        f"give your Liaison administrator this reference: {reference}."
    )


_NEXT = {
    None: "Try again",
    True: "What you typed is saved: send the form again, or open it later and continue",
    False: "Nothing that you typed is lost while this form stays open: send it again in a minute",
}


def sentence(messages: Messages, error: UserError) -> Message:
    """A failure's sentence as a message."""
    return messages.message("common/sentence", sentence=error.sentence)


def command_error(messages: Messages, command: Command, error: UserError, *, example: str) -> Response:
    """The failure of a command, with the typed text and an example (the error's own, if it has one); for an ambiguous
    match, the choices."""
    if isinstance(error, AmbiguousMatch) and (offered := choices(command, error)):
        return Response.answers(messages.message("common/choose", question=error.sentence, choices=offered))
    if isinstance(error, Denied):  # no example would help
        return Response.answers(sentence(messages, error))
    message = messages.message(
        "common/problem",
        sentence=error.sentence,
        typed=f"{command.name} {with_names(command.text, {})}".strip(),
        command=command.name,
        example=error.example or example,
    )
    return Response.answers(message)


def click_error(messages: Messages, _click: Request, error: UserError) -> Response:
    """The failure of a button or shortcut, as a message of its own: the clicked message stays as it is."""
    return Response.says(sentence(messages, error))


def form_error(messages: Messages, submission: Submission, error: UserError) -> Response:
    """The failure of a form, under each field that it is about; the form stays open with its entries.

    For a personal detail the form itself asks whether to take it out or to save it on purpose, and for figures that are
    far from the accepted ones whether they are right. For a change that
    somebody else made while the form was open, it asks whether to leave that change or to overwrite it.
    """
    if isinstance(error, EditConflict):
        question = messages.message(
            "forms/edit_conflict", crossed=error, choice=EDIT_CONFLICT, theirs=KEEP_THEIRS
        ).blocks
        if asking := _with_question(submission.view, question, 0):
            return Response(ack={"response_action": "update", "view": stamped(asking, error.last)})
    if isinstance(error, Sensitive) and error.can_be_kept:
        question = messages.message("forms/keep_anyway", found=error.found.value).blocks
        if asking := _with_question(submission.view, question, _place(submission.view, error)):
            return Response(ack={"response_action": "update", "view": asking})
    if isinstance(error, Doubtful) and (asking := with_doubts(messages, submission.view, error)):
        return Response(ack={"response_action": "update", "view": asking})
    if isinstance(error, UserErrors):
        plain = [each for each in error.errors if not isinstance(each, Sensitive)]
        if not plain:  # one question at a time
            return form_error(messages, submission, error.errors[0])
        return Response(ack={"response_action": "errors", "errors": _by_field(submission, plain)})
    return Response(ack={"response_action": "errors", "errors": _by_field(submission, [error])})


def _by_field(submission: Submission, errors: Sequence[UserError]) -> dict[str, str]:
    """The sentences by field, where the form has it; else under its first field."""
    first = next(iter(submission.values), "")
    said: dict[str, str] = {}
    for error in errors:
        block = error.field if error.field in submission.values else first
        said[block] = f"{said[block]} {error.sentence}" if block in said else error.sentence
    return said


def with_doubts(messages: Messages, form: View, error: Doubtful) -> View | None:
    """The form of a report that asks whether its figures are right; None if it has no room for the question."""
    question = messages.message("forms/doubtful_figures", doubts=error.doubts).blocks
    return _with_question(form, question, _place(form, error))


def _with_question(form: View, question: Blocks, place: int) -> View | None:
    """The form with a question inserted at an index; None if it has no room for more blocks."""
    names = {_name(block) for block in question}
    before, after = form["blocks"][:place], form["blocks"][place:]
    asked = [*_without(before, names), *question, *_without(after, names)]
    kept = {name: form[name] for name in _OF_A_FORM if form.get(name)}
    return {**kept, "blocks": asked} if len(asked) <= MOST_BLOCKS else None


def _without(blocks: Blocks, names: set[str]) -> Blocks:
    return [block for block in blocks if _name(block) not in names]


def _name(block: dict[str, Any]) -> str:
    """What a block is called, without the key of what it asks about."""
    return str(block.get("block_id", "")).partition(":")[0]


def _place(form: View, error: UserError) -> int:
    """The index below the field that an error is about."""
    blocks = form["blocks"]
    return next((n for n, block in enumerate(blocks, 1) if block.get("block_id") == error.field), len(blocks))


def direct_message_error(messages: Messages, _event: Event, error: UserError) -> Response:
    """A failure as a direct message."""
    return Response(tell=sentence(messages, error))


def no_options(_messages: Messages, _typed: Request, _error: UserError) -> Response:
    """Nothing to choose from: Slack shows no sentence there, and a denial is in the audit."""
    return Response(ack={"options": []})


def no_answer(_messages: Messages, _event: Event, _error: UserError) -> Response:
    """No answer: an event has none, and a denial is in the audit."""
    return Response()
