"""`/risk settings`: the department's own rules for risks, in a form for administrators."""

from slack_bolt.async_app import AsyncApp

from bot.domain.risk_rules import BandStarts, RiskCategory, RiskRules
from bot.domain.scores import Band
from bot.services.risks import risk_settings
from bot.services.work import Act
from handlers import fields
from handlers.arrivals import Submission
from handlers.desk import Desk
from handlers.one_line import TooMuch
from handlers.outcome import Outcome


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the form."""
    desk.on_submit(app, "risk_settings_form", submit)


def settings(act: Act, rest: str) -> Outcome:
    """`settings` opens the form."""
    if rest:
        raise TooMuch(rest, "Type /risk settings alone: a form opens.")
    rules = risk_settings.rules_to_change(act)
    return Outcome.opens(
        act.messages.view("risk_settings_form", rules=rules, bands=list(Band), categories=list(RiskCategory))
    )


def submit(act: Act, form: Submission) -> Outcome:
    """Put the rules of the form in force."""
    values = form.values
    starts = [fields.number(values, f"{name}_from") for name in ("medium", "high", "very_high")]
    rules = RiskRules(
        starts=BandStarts(*starts),
        severe_at_least=fields.choice(Band, values, "severe_at_least"),
        review_days={band: fields.number(values, f"{band.name.lower()}_days") for band in Band},
        appetite={each: fields.choice(Band, values, f"appetite_{each.value}") for each in RiskCategory},
    )
    return Outcome.shows(act.messages.view("risk_settings_done", changes=risk_settings.change_rules(act, rules)))
