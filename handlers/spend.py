"""The spend of contracts by month and the invoices of their partners, a part of `/money`."""

from bot.delivery.messages import Message, View
from bot.domain.spend_line import parse_spend_line
from bot.interactions import record_forms
from bot.interactions.commands import Typed, incomplete
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.models import Invoice
from bot.records import InvoiceRecord, SpendRecord
from bot.services.money import invoices, spend_entry, spend_page
from bot.services.money.invoices import InvoiceCard
from bot.services.unit_of_work import ActorContext

LINE = "the contract's reference, a month, and sums, for example WP-NE 2026-12 invoiced 100,000.50 paid 90,000"
ADD = "add"


def register(router: Router) -> None:
    """Register the buttons and forms."""
    for action in ("money_open", "money_before", "money_after"):
        router.on_click(action, reads(open_page))
    for action in ("spend_open", "spend_month"):
        router.on_click(action, reads(open_month))
    router.on_submit("spend_form", writes(keep_month))
    router.on_click("invoices_open", reads(open_invoices))
    router.on_click("invoice_add", reads(open_new))
    router.on_submit("invoice_new_form", writes(submit_new))
    router.on_click("invoice_open", reads(open_invoice))
    router.on_submit("invoice_form", writes(submit_invoice))


def show(ctx: ActorContext, typed: Typed) -> Response:
    """`show WP-NE` shows this financial year, `show WP-NE 2025` the one that began then. A partner has its invoices."""
    return Response.answers(_page(ctx, typed.rest))


def line(ctx: ActorContext, typed: Typed) -> Response:
    """`spend WP-NE 2026-12 invoiced 100,000.50` keeps what the line says of a month."""
    contract, _, rest = typed.rest.partition(" ")
    said = parse_spend_line(rest)
    if said is None:
        raise incomplete(LINE)
    card = spend_entry.enter_line(ctx, contract, said)
    return Response.answers(ctx.messages.message("money/month", card=card))


def listed(ctx: ActorContext, typed: Typed) -> Response:
    """`invoices WP-NE` lists the invoices of a contract, `invoices WP-NE add` opens the form for one."""
    words = typed.rest.split()
    if len(words) > 1 and words[-1].casefold() == ADD:
        contract = invoices.contract_to_add_to(ctx, " ".join(words[:-1]))
        return Response.opens(_new_form(ctx, contract.public_id))
    return Response.answers(_invoices(ctx, typed.rest))


def open_page(ctx: ActorContext, click: Click) -> Response:
    """Show the money of the contract, and of the year, that the button names."""
    return Response.says(_page(ctx, click.value))


def spend_view(ctx: ActorContext, key: str) -> View:
    """The form of a month, filled in with what is known of it. Raises `UserError` or `Denied`."""
    contract, _, month = key.partition(" ")
    card = spend_entry.month_to_enter(ctx, contract, month)
    known = SpendRecord.kept_in(card.line.row) if card.line.row else {}
    inputs = record_forms.inputs(SpendRecord, known, {}, but=card.not_asked)
    return ctx.messages.view("money/spend_form", card=card, inputs=inputs)


def open_month(ctx: ActorContext, click: Click) -> Response:
    """Open the form of a month."""
    return Response.opens(spend_view(ctx, click.claim))


def keep_month(ctx: ActorContext, form: Submission) -> Response:
    """Keep the month."""
    card = spend_entry.month_to_enter(ctx, form.record_key, form.seen)
    known = {"contract": card.contract.reference, "period": card.line.month, **dict.fromkeys(card.not_asked)}
    record = record_forms.read(SpendRecord, form.values, known)
    kept = spend_entry.keep_month(ctx, card.contract, record)
    return Response.shows(ctx.messages.view("money/spend_saved", card=kept))


def open_invoices(ctx: ActorContext, click: Click) -> Response:
    """Show the invoices of the contract whose reference the button carries."""
    return Response.says(_invoices(ctx, click.value))


def open_new(ctx: ActorContext, click: Click) -> Response:
    """Open the form for a new invoice of a contract."""
    return Response.opens(_new_form(ctx, click.record_key))


def submit_new(ctx: ActorContext, form: Submission) -> Response:
    """Add the invoice."""
    contract = invoices.contract_of_form(ctx, form.record_key)
    record = record_forms.read(InvoiceRecord, form.values, {"contract": contract.reference})
    return _saved(ctx, invoices.add_invoice(ctx, contract, record))


def invoice_view(ctx: ActorContext, key: str) -> View:
    """The form of an invoice, filled in with what is known of it. Raises `UserError` or `Denied`."""
    card = invoices.invoice_to_change(ctx, key)
    return _form(ctx, card.invoice.public_id, card)


def open_invoice(ctx: ActorContext, click: Click) -> Response:
    """Open the form that changes an invoice."""
    return Response.opens(invoice_view(ctx, click.record_key))


def submit_invoice(ctx: ActorContext, form: Submission) -> Response:
    """Change the invoice."""
    card = invoices.invoice_to_change(ctx, form.record_key)
    record = record_forms.read(InvoiceRecord, form.values, {"contract": card.contract.reference})
    return _saved(ctx, invoices.change_invoice(ctx, form.record_key, record))


def _page(ctx: ActorContext, words: str) -> Message:
    if not ctx.actor.is_department:
        return _invoices(ctx, words)
    contract, _, year = words.rpartition(" ")
    if contract and year.isdecimal() and len(year) == 4:
        return ctx.messages.message("money/page", page=spend_page.spend_page(ctx, contract, int(year)))
    return ctx.messages.message("money/page", page=spend_page.spend_page(ctx, words))


def _invoices(ctx: ActorContext, words: str) -> Message:
    return ctx.messages.message("money/invoices", found=invoices.list_invoices(ctx, words))


def _new_form(ctx: ActorContext, key: str) -> View:
    return _form(ctx, key, None)


def _form(ctx: ActorContext, key: str, card: InvoiceCard | None) -> View:
    contract = card.contract if card else invoices.contract_of_form(ctx, key)
    row: Invoice | None = card.invoice if card else None
    known = InvoiceRecord.kept_in(row) if row else {}
    inputs = record_forms.inputs(InvoiceRecord, known, {})
    return ctx.messages.view("money/invoice_form", key=key, contract=contract, invoice=row, inputs=inputs)


def _saved(ctx: ActorContext, card: InvoiceCard) -> Response:
    return Response.shows(ctx.messages.view("money/invoice_saved", card=card))
