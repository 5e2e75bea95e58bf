"""Risks and the partner: sharing one, taking it back, and the button with which a partner's person raises one."""

from slack_bolt.async_app import AsyncApp

from bot.services.risks import risk_from_partner, risk_sharing
from bot.services.risks.risk_from_partner import PartnerRisk
from bot.services.work import Act
from handlers import fields, risk_forms
from handlers.arrivals import Click, Submission
from handlers.desk import Desk
from handlers.one_line import Incomplete
from handlers.outcome import Outcome

_REFERENCE = "the reference of a risk, such as R-12"


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the button and its form."""
    desk.on_click(app, "risk_raise_shared", open_form)
    desk.on_submit(app, "partner_risk_form", submit)


def share(act: Act, rest: str) -> Outcome:
    """`share R-12` lets the partner see it."""
    if not rest:
        raise Incomplete(_REFERENCE)
    return _kept(act, rest, "shared")


def keep(act: Act, rest: str) -> Outcome:
    """`keep R-12` takes it back."""
    if not rest:
        raise Incomplete(_REFERENCE)
    return _kept(act, rest, "taken_back")


def open_form(act: Act, click: Click) -> Outcome:
    """The short form for a partner's person; for one of the department, who can assess it, the usual one."""
    contract = risk_from_partner.contract_to_raise_on(act, click.record_id)
    if act.actor.is_department:
        return Outcome.opens(risk_forms.raising(act, contract.reference))
    return Outcome.opens(act.messages.view("partner_risk_form", contract=contract))


def submit(act: Act, form: Submission) -> Outcome:
    """Record what the partner's person says; the contract manager is asked to assess it."""
    entry = PartnerRisk(
        title=fields.text(form.values, "title"),
        cause=fields.text(form.values, "cause"),
        effect=fields.text(form.values, "effect"),
        deliberate=fields.keeps_anyway(form.values),
    )
    card = risk_from_partner.raise_shared(act, form.record_id, entry)
    return Outcome.shows(act.messages.view("partner_risk_done", card=card))


def _kept(act: Act, typed: str, done: str) -> Outcome:
    change = risk_sharing.share if done == "shared" else risk_sharing.keep
    return Outcome.answers(act.messages.message("risk_sheet", sheet=change(act, typed), done=done), keep=True)


WORDS = {"share": share, "keep": keep}
