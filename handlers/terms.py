"""`/contract kpi`, `milestone`, `obligation` and `option`: lists of what a contract requires, and the forms that add a
term, change it and end it."""

from functools import partial

from bot.access import Permission
from bot.domain.periods import Month
from bot.domain.references import code_typed
from bot.errors import UserError
from bot.interactions import form_fields, record_forms
from bot.interactions.commands import Subcommand, Typed, incomplete
from bot.interactions.pagination import turned
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.services.lookup import contracts as contract_lookup
from bot.services.specification import term_list, terms
from bot.services.specification.term_kinds import KINDS, TermKind
from bot.services.specification.term_list import TermList
from bot.services.specification.terms import TermForm
from bot.services.unit_of_work import ActorContext

ADD, END = ("add", "new"), ("end",)
ENDED = "ended"


def register(router: Router) -> None:
    """Register the buttons, and the forms of each kind."""
    router.on_click("terms_ended", reads(open_list))
    for action in ("terms_before", "terms_after"):
        router.on_click(action, reads(turn_list))
    router.on_click("term_add", reads(open_new))
    router.on_click("term_edit", reads(open_edit))
    router.on_click("term_end", reads(open_end))
    for kind in KINDS.values():
        router.on_click(f"{kind.word}_list", reads(open_list))
        router.on_submit(f"{kind.word}_add", writes(partial(submit_new, kind)))
        router.on_submit(f"{kind.word}_edit", writes(partial(submit_edit, kind)))
        router.on_submit(f"{kind.word}_end", writes(partial(submit_end, kind)))


def typed(kind: TermKind, ctx: ActorContext, line: Typed) -> Response:
    """`kpi WP-NE` lists; words of a term open its form; `add`, or `end` after the words, open theirs."""
    words = line.words
    here = contract_lookup.reference_of_channel(ctx.session, line.channel)
    own = {contract.reference for contract in ctx.contracts_open_to(Permission.SEE)}
    if here in own and not (words and code_typed(words[0]) in own):
        words = [here or "", *words]
    if not words:
        raise incomplete("a contract's reference")
    contract, *rest = words
    if not rest:
        return Response.answers(
            ctx.messages.message("specification/terms", page=term_list.list_terms(ctx, kind, contract))
        )
    if len(rest) == 1 and rest[0].casefold() in ADD:
        return _form(ctx, terms.new_term_typed(ctx, kind, contract))
    if len(rest) > 1 and rest[-1].casefold() in END:
        return _end_form(ctx, kind, terms.term_named(ctx, kind, contract, " ".join(rest[:-1])))
    key = terms.term_named(ctx, kind, contract, " ".join(rest))
    return _form(ctx, terms.term_to_change(ctx, kind, key))


def open_list(ctx: ActorContext, click: Click) -> Response:
    """Show a list. The button carries the page, the kind, the contract, and whether those that ended are listed."""
    return Response.says(ctx.messages.message("specification/terms", page=_page(ctx, click)))


def turn_list(ctx: ActorContext, click: Click) -> Response:
    """Show another page in place."""
    return Response.says(ctx.messages.message("specification/terms", page=_page(ctx, click)), in_place=True)


def _page(ctx: ActorContext, click: Click) -> TermList:
    number, rest = turned(click)
    word, key, *more = [*rest.split(), "", ""]
    return term_list.list_terms_by_key(ctx, _kind(word), key, number, ended=ENDED in more)


def open_new(ctx: ActorContext, click: Click) -> Response:
    """Open the form for a new term of a contract."""
    return _form(ctx, terms.new_term(ctx, _kind(click.seen), click.record_key))


def open_edit(ctx: ActorContext, click: Click) -> Response:
    """Open the form of a term."""
    return _form(ctx, terms.term_to_change(ctx, _kind(click.seen), click.record_key))


def open_end(ctx: ActorContext, click: Click) -> Response:
    """Show the form that ends a term, in place of the term's own."""
    return _end_form(ctx, _kind(click.seen), click.record_key, in_place=True)


def _kind(word: str) -> TermKind:
    if word not in KINDS:
        raise UserError("This button names nothing that can be kept here, so nothing was done.")
    return KINDS[word]


def _form(ctx: ActorContext, form: TermForm) -> Response:
    inputs = record_forms.inputs(form.kind.record, form.values, form.choices, but=form.fixed)
    return Response.opens(ctx.messages.view("specification/term_form", form=form, inputs=inputs))


def _end_form(ctx: ActorContext, kind: TermKind, key: str, *, in_place: bool = False) -> Response:
    form = terms.term_to_end(ctx, kind, key)
    view = ctx.messages.view("specification/term_end_form", form=form, days=ctx.days)
    return Response.opens(view, in_place=in_place)


def submit_new(kind: TermKind, ctx: ActorContext, form: Submission) -> Response:
    """Add the term."""
    about = terms.new_term(ctx, kind, form.record_key)
    record = record_forms.read(kind.record, form.values, {"contract": about.contract.reference})
    kept = terms.add_term(ctx, kind, form.record_key, record, tell=form_fields.ticked(form.values, "tell"))
    return Response.shows(ctx.messages.view("specification/term_done", kept=kept))


def submit_edit(kind: TermKind, ctx: ActorContext, form: Submission) -> Response:
    """Change the term."""
    about = terms.term_to_change(ctx, kind, form.record_key)
    known = {"contract": about.contract.reference, **{name: about.values[name] for name in kind.fixed}}
    record = record_forms.read(kind.record, form.values, known)
    why, tell = form_fields.text(form.values, "why"), form_fields.ticked(form.values, "tell")
    kept = terms.change_term(ctx, kind, form.record_key, record, why, tell=tell)
    return Response.shows(ctx.messages.view("specification/term_done", kept=kept))


def submit_end(kind: TermKind, ctx: ActorContext, form: Submission) -> Response:
    """End the term."""
    last = _month(form) if kind.ends_with_a_month else form_fields.day(form.values, "on", ctx.days.own)
    why, tell = form_fields.text(form.values, "reason"), form_fields.ticked(form.values, "tell")
    kept = terms.end_term(ctx, kind, form.record_key, last, why, tell=tell)
    return Response.shows(ctx.messages.view("specification/term_done", kept=kept))


def _month(form: Submission) -> Month:
    try:
        return Month.parse(form_fields.text(form.values, "on"))
    except UserError as error:
        raise UserError(error.sentence, field="on") from None


_DOES = {
    "kpi": ("lists the KPIs of a contract, and lets you add, change and end them", "starts"),
    "milestone": ("lists the milestones and deliverables of a contract, and lets you change them", "survey"),
    "obligation": ("lists what each side owes the other, and lets you change it", "evidence"),
    "option": ("lists the options to extend a contract, and lets you change them", "extension"),
}

SUBCOMMANDS = [
    Subcommand(
        kind.word,
        example="WP-NE",
        does=_DOES[kind.word][0],
        who=Permission.SEE,
        handler=reads(partial(typed, kind)),
        more={
            f"WP-NE {_DOES[kind.word][1]}": f"opens a form to change that {kind.one}",
            "WP-NE add": f"opens a form for a new {kind.one}",
        },
    )
    for kind in KINDS.values()
]
"""The rows of `/contract` that keep its terms."""
