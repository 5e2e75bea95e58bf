"""Keeping a risk: assessing it again, the response to it, its owner, that it goes up, has happened, is closed."""

from collections.abc import Callable

from slack_bolt.async_app import AsyncApp

from bot.services.risks import risk_escalating, risk_review, risk_settle
from bot.services.risks.risk_card import RiskSheet
from bot.services.work import Act
from handlers import fields, risk_forms
from handlers.arrivals import Click, Submission
from handlers.desk import Desk
from handlers.one_line import Incomplete
from handlers.outcome import Outcome

REFERENCE = "the reference of a risk, such as R-12"


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the forms and the button that opens one."""
    desk.on_click(app, "risk_review", open_review)
    desk.on_submit(app, "risk_review_form", submit_review)
    desk.on_submit(app, "risk_owner_form", submit_owner)


def review(act: Act, rest: str) -> Outcome:
    """`review R-12` opens the form, with what the risk was last assessed as."""
    if not rest:
        raise Incomplete(REFERENCE)
    found = risk_review.risk_to_review(act, rest)
    return Outcome.opens(
        act.messages.view("risk_review_form", found=found, days=found.review_days, **risk_forms.OFFERED)
    )


def open_review(act: Act, click: Click) -> Outcome:
    """The same from the page of a risk."""
    return review(act, str(click.record_id))


def submit_review(act: Act, form: Submission) -> Outcome:
    """Keep the assessment."""
    likelihood, impact = fields.on_the_grid(form.values)
    details = risk_forms.details(form.values, act.today)
    reviewed = risk_review.review(act, form.record_id, likelihood, impact, fields.text(form.values, "why"), details)
    return Outcome.shows(act.messages.view("risk_reviewed", reviewed=reviewed))


def respond(act: Act, rest: str) -> Outcome:
    """`respond R-12 treat Recruit six advisers` keeps what is done about it."""
    match rest.split(maxsplit=2):
        case [reference, response, *note]:
            return _kept(act, risk_settle.respond(act, reference, response, "".join(note)), "response")
    raise Incomplete(f"{REFERENCE}, and treat, tolerate, transfer or terminate")


def issue(act: Act, rest: str) -> Outcome:
    """`issue R-12 Nine advisers have left` notes that it has happened."""
    match rest.split(maxsplit=1):
        case [reference, what]:
            return _kept(act, risk_settle.note_issue(act, reference, what), "issue")
    raise Incomplete(f"{REFERENCE}, and what has happened")


def close(act: Act, rest: str) -> Outcome:
    """`close R-12 The pay rise was agreed` closes it for that reason."""
    match rest.split(maxsplit=1):
        case [reference, reason]:
            return _kept(act, risk_settle.close(act, reference, reason), "closed")
    raise Incomplete(f"{REFERENCE}, and why it is closed")


def escalate(act: Act, rest: str) -> Outcome:
    """`escalate R-12 The union has balloted` asks the senior owner to acknowledge it, for that reason."""
    match rest.split(maxsplit=1):
        case [reference, why]:
            return _kept(act, risk_escalating.escalate_by_hand(act, reference, why), "escalated")
    raise Incomplete(f"{REFERENCE}, and why the senior owner should see it")


def owner(act: Act, rest: str) -> Outcome:
    """`owner R-12 Helen Marsh` says who looks after it from now on; without a name a form asks."""
    if not rest:
        raise Incomplete(REFERENCE)
    match rest.split(maxsplit=1):
        case [reference, who]:
            return _kept(act, risk_settle.hand_over_by_name(act, reference, who), "owner")
    return Outcome.opens(act.messages.view("risk_owner_form", sheet=risk_settle.risk_to_hand_over(act, rest)))


def submit_owner(act: Act, form: Submission) -> Outcome:
    """Hand the risk over to whom the form names."""
    sheet = risk_settle.hand_over(act, form.record_id, fields.text(form.values, "owner"))
    return Outcome.shows(act.messages.view("risk_owner_done", sheet=sheet))


def _kept(act: Act, sheet: RiskSheet, done: str) -> Outcome:
    return Outcome.answers(act.messages.message("risk_sheet", sheet=sheet, done=done), keep=True)


# What follows the reference is kept to the letter, so these take the rest of the line as it was typed.
WORDS: dict[str, Callable[[Act, str], Outcome]] = {
    "review": review,
    "respond": respond,
    "issue": issue,
    "close": close,
    "owner": owner,
    "escalate": escalate,
}
