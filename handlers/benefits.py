"""The benefits of contracts, a part of `/money`."""

from bot.delivery.messages import Message, View
from bot.domain.benefit_line import parse_benefit_line
from bot.domain.periods import Month
from bot.interactions import record_forms
from bot.interactions.commands import Typed, incomplete
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.records import BenefitFigureRecord, BenefitRecord
from bot.services.money import benefits
from bot.services.money.benefits import BenefitCard
from bot.services.unit_of_work import ActorContext

LINE = "the contract's reference, a month, a figure and the benefit, for example WP-NE 2026-12 1,250 people in work"
ADD = "add"


def register(router: Router) -> None:
    """Register the buttons and forms."""
    router.on_click("benefits_open", reads(open_list))
    router.on_click("benefit_add", reads(open_new))
    router.on_submit("benefit_new_form", writes(submit_new))
    router.on_click("benefit_edit", reads(open_edit))
    router.on_submit("benefit_form", writes(submit_edit))
    router.on_click("benefit_enter", reads(open_figures))
    router.on_submit("benefit_figures_form", writes(submit_figures))


def listed(ctx: ActorContext, typed: Typed) -> Response:
    """`benefits WP-NE` lists the benefits of a contract, `benefits WP-NE add` opens the form for one."""
    words = typed.rest.split()
    if len(words) > 1 and words[-1].casefold() == ADD:
        return Response.opens(_new_form(ctx, benefits.contract_to_add_to(ctx, " ".join(words[:-1])).public_id))
    return Response.answers(_list(ctx, typed.rest))


def line(ctx: ActorContext, typed: Typed) -> Response:
    """`benefit WP-NE 2026-12 1,250 people in work` keeps what came of a month."""
    contract, _, rest = typed.rest.partition(" ")
    said = parse_benefit_line(rest, ctx.today)
    if said is None:
        raise incomplete(LINE)
    entered = benefits.enter_line(ctx, contract, said)
    return Response.answers(ctx.messages.message("money/benefit", card=entered))


def open_list(ctx: ActorContext, click: Click) -> Response:
    """Show the benefits of the contract whose reference the button carries."""
    return Response.says(_list(ctx, click.value))


def open_new(ctx: ActorContext, click: Click) -> Response:
    """Open the form for a new benefit of a contract."""
    return Response.opens(_new_form(ctx, click.record_key))


def submit_new(ctx: ActorContext, form: Submission) -> Response:
    """Add the benefit."""
    contract = benefits.benefit_to_add(ctx, form.record_key).contract
    record = record_forms.read(BenefitRecord, form.values, {"contract": contract.reference})
    return _saved(ctx, benefits.add_benefit(ctx, contract, record))


def open_edit(ctx: ActorContext, click: Click) -> Response:
    """Open the form that changes a benefit."""
    card = benefits.benefit_to_change(ctx, click.record_key)
    row = card.line.benefit
    owner = next((each.slack for each in card.people if each.id == row.owner_id), "")
    known = {**BenefitRecord.kept_in(row), "owner": owner}
    options = {"owner": [(each.name, each.slack) for each in card.people]}
    inputs = record_forms.inputs(BenefitRecord, known, options)
    key, contract = row.public_id, card.contract
    view = ctx.messages.view("money/benefit_form", key=key, contract=contract, is_new=False, inputs=inputs)
    return Response.opens(view)


def submit_edit(ctx: ActorContext, form: Submission) -> Response:
    """Change the benefit."""
    card = benefits.benefit_to_change(ctx, form.record_key)
    record = record_forms.read(BenefitRecord, form.values, {"contract": card.contract.reference})
    return _saved(ctx, benefits.change_benefit(ctx, form.record_key, record))


def open_figures(ctx: ActorContext, click: Click) -> Response:
    """Open the form for a month of a benefit, filled in with the last one that is over."""
    month = Month.of(ctx.today).previous()
    card = benefits.month_to_enter(ctx, click.record_key, month)
    known = {**(BenefitFigureRecord.kept_in(card.kept) if card.kept else {}), "period": month}
    inputs = record_forms.inputs(BenefitFigureRecord, known, {})
    return Response.opens(ctx.messages.view("money/benefit_figures_form", card=card, inputs=inputs))


def submit_figures(ctx: ActorContext, form: Submission) -> Response:
    """Keep the figures of the month."""
    card = benefits.benefit_to_change(ctx, form.record_key)
    known = {"contract": card.contract.reference, "benefit": card.line.benefit.name}
    record = record_forms.read(BenefitFigureRecord, form.values, known)
    return _saved(ctx, benefits.enter(ctx, form.record_key, record))


def _list(ctx: ActorContext, words: str) -> Message:
    return ctx.messages.message("money/benefits", found=benefits.list_benefits(ctx, words))


def _new_form(ctx: ActorContext, key: str) -> View:
    new = benefits.benefit_to_add(ctx, key)
    options = {"owner": [(each.name, each.slack) for each in new.people]}
    inputs = record_forms.inputs(BenefitRecord, {}, options)
    return ctx.messages.view("money/benefit_form", key=key, contract=new.contract, is_new=True, inputs=inputs)


def _saved(ctx: ActorContext, card: BenefitCard) -> Response:
    return Response.shows(ctx.messages.view("money/benefit_saved", card=card))
