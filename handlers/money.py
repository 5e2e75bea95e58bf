"""`/money`: the spend of contracts by month, invoices, and service credits with what contracts say of them."""

from bot.access import Permission
from bot.delivery.messages import Message, View
from bot.domain.credit_cycle import CreditEvent, CreditNews
from bot.errors import UserError
from bot.interactions import form_fields, record_forms
from bot.interactions.commands import CommandTable, Subcommand, Typed, incomplete
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.records import CreditTermsRecord
from bot.services.money import credits, decisions, terms
from bot.services.money.credits import CreditCard
from bot.services.unit_of_work import ActorContext
from handlers import benefits, spend

REFERENCE = "the contract's reference, for example WP-NE"
MONTH = "the contract's reference and a month, for example WP-NE 2026-12"


def register(router: Router) -> None:
    """Register the buttons and forms."""
    router.on_click("credits_open", reads(open_list))
    router.on_click("credit_decide", reads(open_decision))
    router.on_submit("credit_decide_form", writes(decide))
    router.on_click("credit_comment", reads(open_comment))
    router.on_submit("credit_comment_form", writes(comment))
    router.on_click("credit_terms", reads(open_terms))
    router.on_submit("credit_terms_form", writes(change_terms))


def _open(ctx: ActorContext, _typed: Typed) -> Response:
    return Response.answers(_list(ctx, ""))


def _listed(ctx: ActorContext, typed: Typed) -> Response:
    return Response.answers(_list(ctx, typed.rest))


def _show(ctx: ActorContext, typed: Typed) -> Response:
    match typed.rest.split(maxsplit=1):
        case [contract, month]:
            card = credits.credit_of_month(ctx, contract, month)
            return Response.answers(ctx.messages.message("money/credit", card=card, news=CreditNews.ASKED))
    raise incomplete(MONTH)


def _settings(ctx: ActorContext, typed: Typed) -> Response:
    return Response.opens(_terms_form(ctx, typed.rest))


def open_list(ctx: ActorContext, click: Click) -> Response:
    """Show the credits of the contract whose reference the button carries."""
    return Response.says(_list(ctx, click.value))


def decision_view(ctx: ActorContext, key: str) -> View:
    """The form in which the department decides on a credit. Raises `UserError` or `Denied`."""
    return ctx.messages.view("money/decide_form", card=decisions.credit_to_decide(ctx, key))


def open_decision(ctx: ActorContext, click: Click) -> Response:
    """Open the form that decides on a credit."""
    return Response.opens(decision_view(ctx, click.record_key))


def decide(ctx: ActorContext, form: Submission) -> Response:
    """Send, confirm, waive or deduct the credit."""
    event = form_fields.choice(CreditEvent, form.values, "event")
    if event is CreditEvent.COMMENTED:
        raise UserError("Choose one of the list.", field="event")
    reason, invoice = form_fields.text(form.values, "reason"), form_fields.text(form.values, "invoice")
    return _done(ctx, decisions.decide(ctx, form.record_key, form.seen, event, reason=reason, invoice=invoice))


def comment_view(ctx: ActorContext, key: str) -> View:
    """The form in which a partner comments on a credit. Raises `UserError` or `Denied`."""
    return ctx.messages.view("money/comment_form", card=decisions.credit_to_comment(ctx, key))


def open_comment(ctx: ActorContext, click: Click) -> Response:
    """Open the form for a comment."""
    return Response.opens(comment_view(ctx, click.record_key))


def comment(ctx: ActorContext, form: Submission) -> Response:
    """Keep the comment."""
    return _done(ctx, decisions.comment(ctx, form.record_key, form_fields.text(form.values, "comment")))


def open_terms(ctx: ActorContext, click: Click) -> Response:
    """Open the form of a contract's terms. The button carries its reference."""
    return Response.opens(_terms_form(ctx, click.value))


def change_terms(ctx: ActorContext, form: Submission) -> Response:
    """Keep the terms."""
    contract = terms.contract_of_form(ctx, form.record_key)
    record = record_forms.read(CreditTermsRecord, form.values, {"contract": contract.reference})
    return Response.shows(ctx.messages.view("money/terms_saved", form=terms.change_terms(ctx, record)))


def _terms_form(ctx: ActorContext, typed: str) -> View:
    form = terms.terms_to_change(ctx, typed)
    known = CreditTermsRecord.kept_in(form.terms) if form.terms else {}
    return ctx.messages.view("money/terms_form", form=form, inputs=record_forms.inputs(CreditTermsRecord, known, {}))


def _list(ctx: ActorContext, words: str) -> Message:
    return ctx.messages.message("money/list", found=credits.list_credits(ctx, words))


def _done(ctx: ActorContext, card: CreditCard) -> Response:
    return Response.shows(ctx.messages.view("money/done", card=card))


COMMAND = CommandTable(
    "/money",
    about="Spend, invoices and service credits of contracts",
    hint="show WP-NE; spend WP-NE 2026-12 invoiced 100,000.50; invoices WP-NE; credits WP-NE",
    does="shows what your contracts cost month by month, with invoices and service credits.",
    contract=True,
    subcommands=[
        Subcommand("", does="lists the service credits that are not settled yet", who=None, handler=reads(_open)),
        Subcommand(
            "show",
            example="WP-NE",
            does="shows what a contract costs this financial year, month by month, and which invoices are late",
            more={"WP-NE 2025": "shows the financial year that began in 2025"},
            who=Permission.SEE,
            handler=reads(spend.show),
            needs=REFERENCE,
        ),
        Subcommand(
            "spend",
            example="WP-NE 2026-12 invoiced 100,000.50 paid 90,000",
            does="enters sums of a month: profile, forecast, invoiced, approved, disputed, paid or charges",
            more={
                "WP-NE 2026-12 forecast 98,000 because a hub opened late": "enters a forecast, and why it varies",
                "WP-NE 2026-12 charges 100,000.50": "enters the charges, from which the service credit is worked out",
            },
            who=Permission.CHANGE,
            handler=writes(spend.line),
            needs=spend.LINE,
        ),
        Subcommand(
            "invoices",
            does="lists the invoices that are to be paid",
            more={
                "WP-NE": "lists the invoices of a contract",
                "WP-NE add": "opens the form for a new invoice",
            },
            who=None,
            handler=reads(spend.listed),
        ),
        Subcommand(
            "benefits",
            example="WP-NE",
            does="lists the benefits of a contract against their profile",
            more={"WP-NE add": "opens the form for a new benefit"},
            who=Permission.SEE,
            handler=reads(benefits.listed),
            needs=REFERENCE,
        ),
        Subcommand(
            "benefit",
            example="WP-NE 2026-12 1,250 people in work",
            does="enters what came of a benefit in a month",
            who=Permission.CHANGE,
            handler=writes(benefits.line),
            needs=benefits.LINE,
        ),
        Subcommand(
            "credits",
            example="WP-NE",
            does="lists the service credits of a contract, and how much of the yearly cap they take",
            who=None,
            handler=reads(_listed),
            needs=REFERENCE,
        ),
        Subcommand(
            "credit",
            example="WP-NE 2026-12",
            does="shows the service credit of a month with its working, and what can be done with it",
            who=None,
            handler=reads(_show),
            needs=MONTH,
        ),
        Subcommand(
            "settings",
            example="WP-NE",
            does="opens a form for what the contract says of service credits: points, percentage and cap",
            who=Permission.CHANGE,
            handler=reads(_settings),
            needs=REFERENCE,
        ),
    ],
    notes=[
        "When a report is accepted, the contract manager gets a proposal with its working, and sends it to the partner "
        "or not. The partner has 5 working days to comment. The head of contract management can waive a credit.",
    ],
)
