"""`/risk`: raising a risk, by form or in one line, and seeing those there are."""

from dataclasses import replace
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.domain.command_line import split_command
from bot.domain.scores import Impact, Likelihood, parse_impact, parse_likelihood
from bot.messages import Message
from bot.models import Audience
from bot.services.contracts import register as contract_register
from bot.services.risks import risk_card, risk_list, risk_matrix, risks, stage_review
from bot.services.risks import risk_sharing as sharing
from bot.services.risks.risks import RiskEntry
from bot.services.work import Act
from handlers import fields, risk_forms, risk_keeping, risk_settings, risk_sharing
from handlers.arrivals import Click, Command, Submission
from handlers.desk import Desk
from handlers.links import with_link
from handlers.one_line import Incomplete, TooMuch, UnknownWord, first_in_lower_case
from handlers.outcome import Outcome
from handlers.pages import turn, turned_words

COMMAND = "/risk"
WORDS = {**risk_keeping.WORDS, **risk_sharing.WORDS, "settings": risk_settings.settings}


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the journey."""
    desk.on_command(app, COMMAND, command)
    desk.on_submit(app, "risk_form", submit)
    for action in ("risk_page_before", "risk_page_after"):
        desk.on_click(app, action, turn_page)
    risk_keeping.register(app, desk)
    risk_settings.register(app, desk)
    risk_sharing.register(app, desk)


def command(act: Act, command: Command) -> Outcome:
    """`/risk` opens the form; `/risk raise` with a reference, title, likelihood and impact is recorded at once; other
    words show the risks there are, or keep one."""
    first, *rest = command.text.split(maxsplit=1) or [""]
    if (keep := WORDS.get(first.casefold())) is not None:
        return keep(act, "".join(rest).strip())
    match first_in_lower_case(split_command(command.text)):
        case [] | ["raise"]:
            here = contract_register.reference_of_channel(act.session, command.channel)
            return Outcome.opens(risk_forms.raising(act, here))
        case ["help"]:
            return Outcome.answers(act.messages.help(COMMAND))
        case ["raise", reference, title, *scale] if scale:
            likelihood, impact = _on_the_scale(scale)
            card = risks.raise_risk(act, RiskEntry(reference, title, likelihood, impact))
            return Outcome.answers(act.messages.message("risk_raised", card=card), keep=True)
        case ["raise", *_]:
            raise Incomplete("the contract's reference, the risk in quotation marks, a likelihood and an impact")
        case ["list", *words]:
            return Outcome.answers(_list(act, words))
        case ["matrix", *words]:
            matrix = risk_matrix.risk_matrix(act, " ".join(words))
            return Outcome.answers(act.messages.message("risk_matrix", matrix=matrix))
        case ["stage", *words]:
            return _stage(act, command, " ".join(words))
        case ["show", *words]:
            return _show(act, " ".join(words))
        case [word, *_]:
            raise UnknownWord(act.messages.commands[COMMAND], word)
    raise AssertionError("every list of words is matched above")


def submit(act: Act, form: Submission) -> Outcome:
    """Record what the form says."""
    values = form.values
    likelihood, impact = fields.on_the_grid(values)
    entry = RiskEntry(
        contract=fields.text(values, "contract"),
        title=fields.text(values, "title"),
        likelihood=likelihood,
        impact=impact,
        cause=fields.text(values, "cause"),
        effect=fields.text(values, "effect"),
        inherent=fields.optional_on_the_grid(values, "inherent_"),
        details=risk_forms.details(values, act.today),
        audience=fields.choice(Audience, values, "audience"),
        deliberate=fields.keeps_anyway(values),
    )
    return Outcome.shows(act.messages.view("risk_done", card=risks.raise_risk(act, entry)))


def turn_page(act: Act, click: Click) -> Outcome:
    """Show another page of the list in its place."""
    number, words = turned_words(click)
    return Outcome.says(_list(act, words, number), in_place=True)


def _show(act: Act, typed: str) -> Outcome:
    if not typed:
        raise Incomplete(risk_keeping.REFERENCE)
    if not act.actor.is_department:
        return Outcome.answers(act.messages.message("risk_shared", risk=sharing.shared_risk(act, typed)))
    sheet = risk_card.risk_sheet(act, typed)

    def shown(act: Act, link: str) -> Outcome:
        return Outcome.answers(act.messages.message("risk_sheet", sheet=replace(sheet, link=link), done=""))

    return with_link(act, sheet.risk.shown_as, shown)


def _stage(act: Act, command: Command, typed: str) -> Outcome:
    """`stage WP-NE`, or alone in a contract's channel, shows how far its risks are assessed again in a new stage."""
    typed = typed or contract_register.reference_of_channel(act.session, command.channel) or ""
    if not typed:
        raise Incomplete("a contract's reference")
    return Outcome.answers(act.messages.message("stage_review", progress=stage_review.stage_progress(act, typed)))


def _list(act: Act, words: list[str], number: int = 1) -> Message:
    page = risk_list.list_risks(act, words, number)
    return act.messages.message("risk_list", page=page, turn=partial(turn, page.words))


def _on_the_scale(words: list[str]) -> tuple[Likelihood, Impact]:
    """The likelihood and impact at the end of the line; "almost certain" may be two words."""
    if words[0].casefold() == "almost" and len(words) > 1:
        words = [" ".join(words[:2]), *words[2:]]
    likelihood = parse_likelihood(words[0])
    if len(words) < 2:
        raise Incomplete("an impact after the likelihood")
    impact = parse_impact(words[1])
    if len(words) > 2:
        raise TooMuch(" ".join(words[2:]), "Put the risk itself in quotation marks.")
    return likelihood, impact
