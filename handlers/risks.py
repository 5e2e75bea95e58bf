"""`/risk`: raising a risk by form or in one line, lists and pages of risks, and the department's rules for them."""

from dataclasses import replace
from functools import partial

from bot.access import Permission
from bot.delivery.messages import Message
from bot.domain.risk_rules import BandStarts, RiskCategory, RiskRules
from bot.domain.scores import Band, Impact, Likelihood, parse_impact, parse_likelihood
from bot.interactions import form_fields
from bot.interactions.commands import CommandTable, Subcommand, Typed, incomplete, too_much
from bot.interactions.pagination import turn, turned_words
from bot.interactions.payloads import Click, Submission
from bot.interactions.permalinks import with_link
from bot.interactions.response import Response, asks_and_writes, reads, writes
from bot.interactions.router import Router
from bot.models import Audience
from bot.policy import RegisterPermission
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup import risks as risk_lookup
from bot.services.risks import risk_card, risk_list, risk_matrix, risk_sharing, risks, stage_review
from bot.services.risks.risks import RiskEntry
from bot.services.unit_of_work import ActorContext
from handlers import risk_changes, risk_forms


def register_settings(router: Router) -> None:
    """Register the form."""
    router.on_submit("risk_settings_form", writes(submit_settings))


def settings(ctx: ActorContext, typed: Typed) -> Response:
    """`settings` opens the form."""
    if typed.rest:
        raise too_much(typed.rest, "Type /risk settings alone: a form opens.")
    rules = risk_lookup.rules_to_change(ctx)
    return Response.opens(ctx.messages.view("risks/settings_form", rules=rules))


def submit_settings(ctx: ActorContext, form: Submission) -> Response:
    """Put the rules of the form in force."""
    values = form.values
    starts = [form_fields.number(values, f"{name}_from") for name in ("medium", "high", "very_high")]
    rules = RiskRules(
        starts=BandStarts(*starts),
        severe_at_least=form_fields.choice(Band, values, "severe_at_least"),
        review_days={band: form_fields.number(values, f"{band.name.lower()}_days") for band in Band},
        appetite={each: form_fields.choice(Band, values, f"appetite_{each.value}") for each in RiskCategory},
    )
    return Response.shows(ctx.messages.view("risks/settings_done", changes=risk_lookup.change_rules(ctx, rules)))


def register(router: Router) -> None:
    """Register the forms and buttons."""
    router.on_submit("risk_form", writes(submit))
    for action in ("risk_page_before", "risk_page_after"):
        router.on_click(action, reads(turn_page))
    risk_changes.register(router)
    register_settings(router)
    risk_changes.register_sharing(router)


def _form(ctx: ActorContext, typed: Typed) -> Response:
    here = contract_lookup.reference_of_channel(ctx.session, typed.channel)
    return Response.opens(risk_forms.raising(ctx, here))


def _raise(ctx: ActorContext, typed: Typed) -> Response:
    """`raise` with a reference, title, likelihood and impact records a risk; alone it opens the form."""
    match typed.words:
        case []:
            return _form(ctx, typed)
        case [reference, title, *scale] if scale:
            likelihood, impact = _on_the_scale(scale)
            card = risks.raise_risk(ctx, RiskEntry(reference, title, likelihood, impact))
            return Response.answers(ctx.messages.message("risks/raised", card=card))
    raise incomplete("the contract's reference, the risk in quotation marks, a likelihood and an impact")


def _matrix(ctx: ActorContext, typed: Typed) -> Response:
    matrix = risk_matrix.risk_matrix(ctx, " ".join(typed.words))
    return Response.answers(ctx.messages.message("risks/matrix", matrix=matrix))


def submit(ctx: ActorContext, form: Submission) -> Response:
    """Record the risk of the form."""
    values = form.values
    likelihood, impact = form_fields.on_the_grid(values)
    entry = RiskEntry(
        contract=form_fields.text(values, "contract"),
        title=form_fields.text(values, "title"),
        likelihood=likelihood,
        impact=impact,
        cause=form_fields.text(values, "cause"),
        effect=form_fields.text(values, "effect"),
        inherent=form_fields.optional_on_the_grid(values, "inherent_"),
        details=risk_forms.details(values, ctx.today),
        audience=form_fields.choice(Audience, values, "audience"),
        deliberate=form_fields.keeps_anyway(values),
    )
    return Response.shows(ctx.messages.view("risks/done", card=risks.raise_risk(ctx, entry)))


def turn_page(ctx: ActorContext, click: Click) -> Response:
    """Show another page of the list in its place."""
    number, words = turned_words(click)
    return Response.says(_list(ctx, words, number), in_place=True)


def _show(ctx: ActorContext, line: Typed) -> Response:
    typed = " ".join(line.words)
    if not ctx.actor.is_department:
        return Response.answers(ctx.messages.message("risks/shared", risk=risk_sharing.shared_risk(ctx, typed)))
    sheet = risk_card.risk_sheet(ctx, typed)

    def shown(ctx: ActorContext, link: str) -> Response:
        return Response.answers(ctx.messages.message("risks/page", sheet=replace(sheet, link=link), done=None))

    return with_link(ctx, sheet.risk.shown_as, shown)


def _stage(ctx: ActorContext, line: Typed) -> Response:
    """`stage WP-NE` shows the progress of reassessing a contract's risks; its channel needs no reference."""
    typed = " ".join(line.words) or contract_lookup.reference_of_channel(ctx.session, line.channel) or ""
    if not typed:
        raise incomplete("a contract's reference")
    return Response.answers(
        ctx.messages.message("risks/stage_review", progress=stage_review.stage_progress(ctx, typed))
    )


def _listed(ctx: ActorContext, typed: Typed) -> Response:
    return Response.answers(_list(ctx, typed.words))


def _list(ctx: ActorContext, words: list[str], number: int = 1) -> Message:
    page = risk_list.list_risks(ctx, words, number)
    return ctx.messages.message("risks/list", page=page, turn=partial(turn, page.words))


def _on_the_scale(words: list[str]) -> tuple[Likelihood, Impact]:
    """The likelihood and impact at the end of the line; "almost certain" may be two words."""
    if words[0].casefold() == "almost" and len(words) > 1:
        words = [" ".join(words[:2]), *words[2:]]
    likelihood = parse_likelihood(words[0])
    if len(words) < 2:
        raise incomplete("an impact after the likelihood")
    impact = parse_impact(words[1])
    if len(words) > 2:
        raise too_much(" ".join(words[2:]), "Put the risk itself in quotation marks.")
    return likelihood, impact


COMMAND = CommandTable(
    "/risk",
    about="Raise and manage risks",
    hint='list, show R-12, raise WP-NE "Advisers leaving" likely major, or nothing for a form',
    does="raises and manages risks on your contracts. The partner sees only the risks that you share.",
    contract=True,
    subcommands=[
        Subcommand(
            "",
            does="opens a form to raise a risk",
            task="Raise a risk",
            who=Permission.RAISE_RISK,
            handler=reads(_form),
        ),
        Subcommand(
            "raise",
            example="WP-NE “Advisers leaving faster than hired” likely major",
            does="raises a risk without a form",
            who=Permission.RAISE_RISK,
            handler=writes(_raise),
        ),
        Subcommand(
            "list",
            example="overdue",
            does="lists the open risks of your contracts, worst first: by contract, band, mine, overdue",
            who=Permission.SEE,
            handler=reads(_listed),
        ),
        Subcommand(
            "show",
            example="R-12",
            does="shows a risk on one page, with its assessments over time",
            who=Permission.SEE,
            handler=asks_and_writes(_show),
            needs=risk_changes.REFERENCE,
        ),
        Subcommand(
            "matrix",
            example="WP-NE",
            does="shows open risks on a grid by likelihood and impact; without a contract, on all your contracts",
            who=Permission.SEE,
            handler=reads(_matrix),
        ),
        Subcommand(
            "stage",
            example="WP-NE",
            does="shows which risks still need review for the new stage",
            who=Permission.SEE,
            handler=reads(_stage),
        ),
        Subcommand(
            "review",
            example="R-12",
            does="opens a form to assess it again",
            who=Permission.MANAGE_RISK,
            handler=reads(risk_changes.review),
            needs=risk_changes.REFERENCE,
        ),
        Subcommand(
            "respond",
            example="R-12 treat Recruit 6 advisers",
            does="keeps what is done about it",
            who=Permission.MANAGE_RISK,
            handler=writes(risk_changes.respond),
            needs=risk_changes.RESPONSE,
        ),
        Subcommand(
            "owner",
            example="R-12 Helen Marsh",
            does="says who looks after it from now on; without a name a form asks",
            who=Permission.MANAGE_RISK,
            handler=writes(risk_changes.owner),
            needs=risk_changes.REFERENCE,
        ),
        Subcommand(
            "share",
            example="R-12",
            does="lets the partner see it, in the shared channel",
            who=Permission.MANAGE_RISK,
            handler=writes(risk_changes.share),
            needs=risk_changes.REFERENCE,
        ),
        Subcommand(
            "keep",
            example="R-12",
            does="takes it back: it is internal again",
            who=Permission.MANAGE_RISK,
            handler=writes(risk_changes.unshare),
            needs=risk_changes.REFERENCE,
        ),
        Subcommand(
            "escalate",
            example="R-12 The union has balloted",
            does="asks the senior owner to acknowledge it",
            who=Permission.MANAGE_RISK,
            handler=writes(risk_changes.escalate),
            needs=risk_changes.WHY_SEEN,
        ),
        Subcommand(
            "issue",
            example="R-12 Nine advisers have left",
            does="says that it has happened",
            who=Permission.MANAGE_RISK,
            handler=writes(risk_changes.issue),
            needs=risk_changes.HAPPENED,
        ),
        Subcommand(
            "settings",
            does="opens a form with the bands, the reviews and the appetite",
            who=RegisterPermission.ADMINISTER,
            handler=reads(settings),
        ),
        Subcommand(
            "close",
            example="R-12 The pay rise was agreed",
            does="closes it for that reason",
            who=Permission.MANAGE_RISK,
            handler=writes(risk_changes.close),
            needs=risk_changes.WHY_CLOSED,
        ),
    ],
    notes=[
        "Likelihood: rare, unlikely, possible, likely or almost certain. Impact: negligible, minor, moderate, major or "
        "severe. Numbers from 1 to 5 work too.",
        "Response: treat, tolerate, transfer or terminate.",
    ],
)
