"""What is done with a risk: review, response, owner, escalation, closing, and sharing it with the partner."""

from collections.abc import Callable

from slack_bolt.async_app import AsyncApp

from bot.interactions import form_fields
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response
from bot.interactions.router import Router
from bot.interactions.subcommands import Incomplete
from bot.services.risks import risk_changes, risk_escalation, risk_review, risk_sharing
from bot.services.risks.risk_card import RiskSheet
from bot.services.risks.risk_sharing import PartnerRisk
from bot.services.unit_of_work import ActorContext
from handlers import risk_forms

REFERENCE = "the reference of a risk, such as R-12"


def register(app: AsyncApp, router: Router) -> None:
    """Register the forms and the button that opens one."""
    router.on_click(app, "risk_review", open_review)
    router.on_submit(app, "risk_review_form", submit_review)
    router.on_submit(app, "risk_owner_form", submit_owner)


def review(ctx: ActorContext, rest: str) -> Response:
    """`review R-12` opens the form, with what the risk was last assessed as."""
    if not rest:
        raise Incomplete(REFERENCE)
    return Response.opens(risk_forms.reviewing(ctx, rest))


def open_review(ctx: ActorContext, click: Click) -> Response:
    """The same from the page of a risk."""
    return review(ctx, str(click.record_id))


def submit_review(ctx: ActorContext, form: Submission) -> Response:
    """Keep the assessment."""
    likelihood, impact = form_fields.on_the_grid(form.values)
    details = risk_forms.details(form.values, ctx.today)
    reviewed = risk_review.review(
        ctx, form.record_id, likelihood, impact, form_fields.text(form.values, "why"), details
    )
    return Response.shows(ctx.messages.view("risks/reviewed", reviewed=reviewed))


def respond(ctx: ActorContext, rest: str) -> Response:
    """`respond R-12 treat Recruit six advisers` keeps what is done about it."""
    match rest.split(maxsplit=2):
        case [reference, response, *note]:
            return _kept(ctx, risk_changes.respond(ctx, reference, response, "".join(note)), "response")
    raise Incomplete(f"{REFERENCE}, and treat, tolerate, transfer or terminate")


def issue(ctx: ActorContext, rest: str) -> Response:
    """`issue R-12 Nine advisers have left` notes that it has happened."""
    match rest.split(maxsplit=1):
        case [reference, what]:
            return _kept(ctx, risk_changes.note_issue(ctx, reference, what), "issue")
    raise Incomplete(f"{REFERENCE}, and what has happened")


def close(ctx: ActorContext, rest: str) -> Response:
    """`close R-12 The pay rise was agreed` closes it for that reason."""
    match rest.split(maxsplit=1):
        case [reference, reason]:
            return _kept(ctx, risk_changes.close(ctx, reference, reason), "closed")
    raise Incomplete(f"{REFERENCE}, and why it is closed")


def escalate(ctx: ActorContext, rest: str) -> Response:
    """`escalate R-12 The union has balloted` asks the senior owner to acknowledge it, for that reason."""
    match rest.split(maxsplit=1):
        case [reference, why]:
            return _kept(ctx, risk_escalation.escalate_by_hand(ctx, reference, why), "escalated")
    raise Incomplete(f"{REFERENCE}, and why the senior owner should see it")


def owner(ctx: ActorContext, rest: str) -> Response:
    """`owner R-12 Helen Marsh` says who looks after it from now on; without a name a form asks."""
    if not rest:
        raise Incomplete(REFERENCE)
    match rest.split(maxsplit=1):
        case [reference, who]:
            return _kept(ctx, risk_changes.hand_over_by_name(ctx, reference, who), "owner")
    return Response.opens(ctx.messages.view("risks/owner_form", sheet=risk_changes.risk_to_hand_over(ctx, rest)))


def submit_owner(ctx: ActorContext, form: Submission) -> Response:
    """Hand the risk over to whom the form names."""
    sheet = risk_changes.hand_over(ctx, form.record_id, form_fields.text(form.values, "owner"))
    return Response.shows(ctx.messages.view("risks/owner_done", sheet=sheet))


def _kept(ctx: ActorContext, sheet: RiskSheet, done: str) -> Response:
    return Response.answers(ctx.messages.message("risks/page", sheet=sheet, done=done), keep=True)


# What follows the reference is kept to the letter, so these take the rest of the line as it was typed.
WORDS: dict[str, Callable[[ActorContext, str], Response]] = {
    "review": review,
    "respond": respond,
    "issue": issue,
    "close": close,
    "owner": owner,
    "escalate": escalate,
}


_REFERENCE = "the reference of a risk, such as R-12"


def register_sharing(app: AsyncApp, router: Router) -> None:
    """Register the button and its form."""
    router.on_click(app, "risk_raise_shared", open_form)
    router.on_submit(app, "partner_risk_form", submit)


def share(ctx: ActorContext, rest: str) -> Response:
    """`share R-12` lets the partner see it."""
    if not rest:
        raise Incomplete(_REFERENCE)
    return _shared(ctx, rest, "shared")


def keep(ctx: ActorContext, rest: str) -> Response:
    """`keep R-12` takes it back."""
    if not rest:
        raise Incomplete(_REFERENCE)
    return _shared(ctx, rest, "taken_back")


def open_form(ctx: ActorContext, click: Click) -> Response:
    """The short form for a partner's person; for one of the department, who can assess it, the usual one."""
    contract = risk_sharing.contract_to_raise_on(ctx, click.record_id)
    if ctx.actor.is_department:
        return Response.opens(risk_forms.raising(ctx, contract.reference))
    return Response.opens(ctx.messages.view("risks/partner_form", contract=contract))


def submit(ctx: ActorContext, form: Submission) -> Response:
    """Record what the partner's person says; the contract manager is asked to assess it."""
    entry = PartnerRisk(
        title=form_fields.text(form.values, "title"),
        cause=form_fields.text(form.values, "cause"),
        effect=form_fields.text(form.values, "effect"),
        deliberate=form_fields.keeps_anyway(form.values),
    )
    card = risk_sharing.raise_shared(ctx, form.record_id, entry)
    return Response.shows(ctx.messages.view("risks/partner_done", card=card))


def _shared(ctx: ActorContext, typed: str, done: str) -> Response:
    change = risk_sharing.share if done == "shared" else risk_sharing.keep
    return Response.answers(ctx.messages.message("risks/page", sheet=change(ctx, typed), done=done), keep=True)


SHARING_WORDS = {"share": share, "keep": keep}
