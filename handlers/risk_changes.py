"""Changes to a risk: review, response, owner, escalation, closing, and sharing it with the partner."""

from bot.domain.risk_rules import RiskChange
from bot.interactions import form_fields
from bot.interactions.commands import Typed, incomplete
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.services.risks import risk_changes, risk_escalation, risk_review, risk_sharing
from bot.services.risks.risk_card import RiskSheet
from bot.services.risks.risk_sharing import PartnerRisk
from bot.services.unit_of_work import ActorContext
from handlers import risk_forms

REFERENCE = "the reference of a risk, such as R-12"
RESPONSE = f"{REFERENCE}, and treat, tolerate, transfer or terminate"
HAPPENED = f"{REFERENCE}, and what has happened"
WHY_CLOSED = f"{REFERENCE}, and why it is closed"
WHY_SEEN = f"{REFERENCE}, and why the senior owner should see it"


def register(router: Router) -> None:
    """Register the forms and the button that opens one."""
    router.on_click("risk_review", reads(open_review))
    router.on_submit("risk_review_form", writes(submit_review))
    router.on_submit("risk_owner_form", writes(submit_owner))


def review(ctx: ActorContext, typed: Typed) -> Response:
    """`review R-12` opens the form with the risk's last assessment."""
    return Response.opens(risk_forms.reviewing(ctx, risk_review.risk_to_review(ctx, typed.rest)))


def open_review(ctx: ActorContext, click: Click) -> Response:
    """Open the same form from the page of a risk."""
    return Response.opens(risk_forms.review_form_of_button(ctx, click.record_key))


def submit_review(ctx: ActorContext, form: Submission) -> Response:
    """Store the assessment."""
    likelihood, impact = form_fields.on_the_grid(form.values)
    details = risk_forms.details(form.values, ctx.today)
    reviewed = risk_review.review(
        ctx, form.record_key, likelihood, impact, form_fields.text(form.values, "why"), details
    )
    return Response.shows(ctx.messages.view("risks/reviewed", reviewed=reviewed))


# In these sub-commands the text after the reference is kept verbatim.
def respond(ctx: ActorContext, typed: Typed) -> Response:
    """`respond R-12 treat Recruit six advisers` sets the response."""
    match typed.rest.split(maxsplit=2):
        case [reference, response, *note]:
            return _changed(ctx, risk_changes.respond(ctx, reference, response, "".join(note)), RiskChange.RESPONSE)
    raise incomplete(RESPONSE)


def issue(ctx: ActorContext, typed: Typed) -> Response:
    """`issue R-12 Nine advisers have left` records that it has happened."""
    match typed.rest.split(maxsplit=1):
        case [reference, what]:
            return _changed(ctx, risk_changes.note_issue(ctx, reference, what), RiskChange.ISSUE)
    raise incomplete(HAPPENED)


def close(ctx: ActorContext, typed: Typed) -> Response:
    """`close R-12 The pay rise was agreed` closes it for that reason."""
    match typed.rest.split(maxsplit=1):
        case [reference, reason]:
            return _changed(ctx, risk_changes.close(ctx, reference, reason), RiskChange.CLOSED)
    raise incomplete(WHY_CLOSED)


def escalate(ctx: ActorContext, typed: Typed) -> Response:
    """`escalate R-12 The union has balloted` asks the senior owner to acknowledge it, for that reason."""
    match typed.rest.split(maxsplit=1):
        case [reference, why]:
            return _changed(ctx, risk_escalation.escalate_by_hand(ctx, reference, why), RiskChange.ESCALATED)
    raise incomplete(WHY_SEEN)


def owner(ctx: ActorContext, typed: Typed) -> Response:
    """`owner R-12 Helen Marsh` sets the owner; without a name a form asks."""
    match typed.text.split(maxsplit=1):
        case [reference, who]:
            return _changed(ctx, risk_changes.hand_over_by_name(ctx, reference, who), RiskChange.OWNER)
    return Response.opens(ctx.messages.view("risks/owner_form", sheet=risk_changes.risk_to_hand_over(ctx, typed.rest)))


def submit_owner(ctx: ActorContext, form: Submission) -> Response:
    """Set the owner chosen in the form."""
    sheet = risk_changes.hand_over(ctx, form.record_key, form_fields.text(form.values, "owner"))
    return Response.shows(ctx.messages.view("risks/owner_done", sheet=sheet))


def _changed(ctx: ActorContext, sheet: RiskSheet, done: RiskChange) -> Response:
    return Response.answers(ctx.messages.message("risks/page", sheet=sheet, done=done))


def register_sharing(router: Router) -> None:
    """Register the button and its form."""
    router.on_click("risk_raise_shared", reads(open_form))
    router.on_submit("partner_risk_form", writes(submit))


def share(ctx: ActorContext, typed: Typed) -> Response:
    """`share R-12` shares it with the partner."""
    return _changed(ctx, risk_sharing.share(ctx, typed.rest), RiskChange.SHARED)


def unshare(ctx: ActorContext, typed: Typed) -> Response:
    """`keep R-12` makes it internal again."""
    return _changed(ctx, risk_sharing.unshare(ctx, typed.rest), RiskChange.TAKEN_BACK)


def open_form(ctx: ActorContext, click: Click) -> Response:
    """Open the short form for a partner's person, or the usual one for the department, who can assess it."""
    contract = risk_sharing.contract_to_raise_on(ctx, click.record_key)
    if ctx.actor.is_department:
        return Response.opens(risk_forms.raising(ctx, contract.reference))
    return Response.opens(ctx.messages.view("risks/partner_form", contract=contract))


def submit(ctx: ActorContext, form: Submission) -> Response:
    """Record the partner's risk; the contract manager is asked to assess it."""
    entry = PartnerRisk(
        title=form_fields.text(form.values, "title"),
        cause=form_fields.text(form.values, "cause"),
        effect=form_fields.text(form.values, "effect"),
        deliberate=form_fields.keeps_anyway(form.values),
    )
    card = risk_sharing.raise_shared(ctx, form.record_key, entry)
    return Response.shows(ctx.messages.view("risks/partner_done", card=card))
