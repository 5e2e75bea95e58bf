"""`/audit`: visits and audits, from their plan to their final report. What they find is in handlers.findings."""

from functools import partial

from bot.access import ContractRef, Permission
from bot.delivery.messages import Message, View
from bot.domain.audit_cycle import AuditEvent, AuditKind, AuditState, Opinion
from bot.domain.references import code_typed
from bot.errors import UserError
from bot.interactions import form_fields, record_forms
from bot.interactions.commands import CommandTable, Subcommand, Typed, incomplete
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.records import AuditRecord
from bot.services.audits import audit_pages, audit_steps, audits, visits
from bot.services.audits.audit_pages import AuditPage
from bot.services.audits.audit_steps import AuditDone
from bot.services.lookup import contracts as contract_lookup
from bot.services.portfolio.audit_report import report_file
from bot.services.unit_of_work import ActorContext
from handlers import findings
from handlers.certificates import send
from handlers.files import FETCH_WITHIN

CONTRACT = "a contract's reference"
VISIT = "the reference of a visit, for example V-3"
FINDING = "the reference of a finding, for example F-12"


def register(router: Router) -> None:
    """Register the buttons and forms."""
    router.on_click("audit_new", reads(open_new))
    router.on_submit("audit_new_form", writes(submit_new))
    router.on_click("audit_show", reads(show))
    router.on_click("audit_open", reads(open_next))
    router.on_submit("audit_outcome_form", writes(settle))
    router.on_submit("audit_report_form", writes(write_report))
    router.on_submit("audit_final_form", writes(make_final))
    router.on_click("audit_day", reads(open_day))
    router.on_submit("audit_day_form", writes(ask_day))
    router.on_click("audit_check", reads(open_check))
    router.on_submit("audit_check_form", writes(check))
    router.on_click("audit_xlsx", reads(get_report, takes_long=True))
    findings.register(router)


def _plan(ctx: ActorContext, line: Typed) -> Response:
    typed = " ".join(line.words) or contract_lookup.reference_of_channel(ctx.session, line.channel) or ""
    if not typed:
        raise incomplete(CONTRACT)
    return Response.opens(_new_view(ctx, audits.contract_to_visit(ctx, typed)))


def new_view(ctx: ActorContext, key: str) -> View:
    """The form that plans a visit to the contract of a button. Raises `UserError` or `Denied`."""
    return _new_view(ctx, audits.contract_of_form(ctx, key))


def _new_view(ctx: ActorContext, contract: ContractRef) -> View:
    known = {"kind": AuditKind.SITE_VISIT, "lead": ctx.actor.slack}
    inputs = record_forms.inputs(AuditRecord, known, {"lead": audits.leads(ctx, contract)})
    return ctx.messages.view("audits/form", contract=contract, inputs=inputs)


def open_new(ctx: ActorContext, click: Click) -> Response:
    """Open the form that plans a visit to the contract of the button."""
    return Response.opens(new_view(ctx, click.record_key))


def submit_new(ctx: ActorContext, form: Submission) -> Response:
    """Plan the visit of the form, and tell the partner if that is ticked."""
    contract = audits.contract_of_form(ctx, form.record_key)
    known = {"contract": contract.reference, "name": "A visit"}
    record = record_forms.read(AuditRecord, form.values, known)
    card = audits.plan(ctx, record)
    if form_fields.ticked(form.values, "tell"):
        return _done(ctx, audit_steps.tell_planned(ctx, card))
    return _done(ctx, AuditDone(card, "It is planned. The partner is not told yet."))


def _listed(ctx: ActorContext, line: Typed) -> Response:
    found = audit_pages.audit_list(ctx, " ".join(line.words))
    return Response.answers(ctx.messages.message("audits/list", found=found))


def _year(ctx: ActorContext, _line: Typed) -> Response:
    return Response.answers(ctx.messages.message("audits/year", plan=visits.year_plan(ctx)))


def _show(ctx: ActorContext, line: Typed) -> Response:
    if code_typed(line.rest).startswith("F"):
        return Response.answers(findings.page(ctx, audit_pages.finding_page(ctx, line.rest)))
    return Response.answers(_page(ctx, audit_pages.audit_page(ctx, line.rest)))


def _report(ctx: ActorContext, line: Typed) -> Response:
    """`report V-3` shows the report as both sides read it."""
    page = audit_pages.audit_page(ctx, line.rest)
    if page.facts.held_on is None:
        raise UserError(f"{page.facts.reference} is {page.facts.state.value}, so there is no report yet.")
    found = [each for each in page.findings if not each.row.was_only_drafted]
    message = ctx.messages.message("audits/report", facts=page.facts, contract=page.contract, findings=found)
    return Response.answers(message)


def show(ctx: ActorContext, click: Click) -> Response:
    """Show the visit of a button."""
    return Response.says(_page(ctx, audit_pages.audit_page_of_button(ctx, click.record_key)))


def next_view(ctx: ActorContext, key: str) -> View:
    """The form of the next step of a visit. Raises `UserError` or `Denied`."""
    to_do = audit_steps.audit_to_do(ctx, key)
    if to_do.events:
        return ctx.messages.view("audits/outcome_form", to_do=to_do, days=ctx.days)
    if to_do.card.row.state in (AuditState.HELD, AuditState.DRAFT):
        return ctx.messages.view("audits/report_form", to_do=to_do, opinions=list(Opinion))
    return ctx.messages.view("audits/final_form", to_do=to_do)


def open_next(ctx: ActorContext, click: Click) -> Response:
    """Open the form of the next step."""
    return Response.opens(next_view(ctx, click.record_key))


def settle(ctx: ActorContext, form: Submission) -> Response:
    """Tell the partner, or note that it was held, has another day or is cancelled."""
    event = form_fields.choice(AuditEvent, form.values, "event")
    day = form_fields.optional_day(form.values, "day", ctx.days.own)
    return _done(ctx, audit_steps.settle(ctx, form.record_key, event, day, form_fields.text(form.values, "reason")))


def write_report(ctx: ActorContext, form: Submission) -> Response:
    """Keep the draft report, and send it if that is ticked."""
    opinion, summary = form_fields.choice(Opinion, form.values, "opinion"), form_fields.text(form.values, "summary")
    tick = form_fields.ticked(form.values, "send")
    return _done(ctx, audit_steps.write_report(ctx, form.record_key, opinion, summary, send=tick))


def make_final(ctx: ActorContext, form: Submission) -> Response:
    """Make the report final."""
    return _done(ctx, audit_steps.make_final(ctx, form.record_key, form.values))


def open_day(ctx: ActorContext, click: Click) -> Response:
    """Open the form in which the partner asks for another day."""
    card = audit_steps.visit_to_move(ctx, click.record_key)
    return Response.opens(ctx.messages.view("audits/day_form", facts=card.facts, contract=card.contract, days=ctx.days))


def ask_day(ctx: ActorContext, form: Submission) -> Response:
    """Ask for another day."""
    day, why = form_fields.day(form.values, "day", ctx.days.own), form_fields.text(form.values, "reason")
    return _done(ctx, audit_steps.ask_for_another_day(ctx, form.record_key, day, why))


def check_view(ctx: ActorContext, key: str) -> View:
    """The form in which the partner checks the facts. Raises `UserError` or `Denied`."""
    to_do = audit_steps.report_to_check(ctx, key)
    return ctx.messages.view(
        "audits/check_form", facts=to_do.card.facts, contract=to_do.card.contract, findings=to_do.findings
    )


def open_check(ctx: ActorContext, click: Click) -> Response:
    """Open the form of the factual check."""
    return Response.opens(check_view(ctx, click.record_key))


def check(ctx: ActorContext, form: Submission) -> Response:
    """Keep the partner's comments."""
    return _done(ctx, audit_steps.check(ctx, form.record_key, form.values))


def get_report(ctx: ActorContext, click: Click) -> Response:
    """Send the report as a workbook to whoever asks for it, by direct message."""
    file, user = report_file(ctx, click.record_key), ctx.actor.slack

    def sent(ctx: ActorContext, _done: None) -> Response:
        sentence = f"Liaison sent you {file.name} as a direct message."
        return Response.says(ctx.messages.message("common/sentence", sentence=sentence))

    return Response.after(partial(send, user=user, file=file), sent, FETCH_WITHIN)


def _page(ctx: ActorContext, page: AuditPage) -> Message:
    return ctx.messages.message("audits/page", page=page)


def _done(ctx: ActorContext, done: AuditDone) -> Response:
    heading = f"{done.card.row.reference} {done.card.contract.reference}"
    return Response.shows(ctx.messages.view("documents/done", heading=heading, sentence=done.sentence))


COMMAND = CommandTable(
    "/audit",
    about="Visits and audits, and what they find",
    hint="list; year; plan WP-NE; show V-3; finding V-3; verify F-12; report V-3",
    does="plans visits and audits of a contract, records what they find, and follows each finding to its end.",
    contract=True,
    subcommands=[
        Subcommand(
            "",
            does="lists the visits that are not over, and the open findings",
            who=None,
            handler=reads(_listed),
        ),
        Subcommand(
            "list",
            example="WP-NE",
            does="lists the visits and open findings of a contract, with what is late",
            who=None,
            handler=reads(_listed),
        ),
        Subcommand(
            "year",
            does="shows which contracts are due a visit within a year, by tier, and which are overdue",
            who=Permission.AUDIT,
            handler=reads(_year),
        ),
        Subcommand(
            "plan",
            example="WP-NE",
            does="opens a form to plan a visit or audit, and tells the partner",
            who=Permission.AUDIT,
            handler=reads(_plan),
        ),
        Subcommand(
            "show",
            example="V-3",
            does="shows a visit with its findings, and what comes next",
            more={"F-12": "shows a finding, its response and its actions"},
            who=None,
            handler=reads(_show),
            needs=VISIT,
        ),
        Subcommand(
            "finding",
            example="V-3",
            does="opens a form for what a visit found, one finding after the other",
            who=Permission.AUDIT,
            handler=reads(findings.typed),
            needs=VISIT,
        ),
        Subcommand(
            "verify",
            example="F-12",
            does="opens a form to verify the actions of a finding, or to answer a dispute",
            who=Permission.AUDIT,
            handler=reads(findings.verify_typed),
            needs=FINDING,
        ),
        Subcommand(
            "report",
            example="V-3",
            does="shows the report of a visit, and sends it as a workbook",
            who=None,
            handler=reads(_report),
            needs=VISIT,
        ),
    ],
    notes=[
        "A critical finding is put right in 5 working days, a major one in 20, a minor one in 60. A repeat of the same "
        "clause within a year goes up one grade.",
        "The lead of the visit verifies each action, never its owner. A finding is closed when all are verified.",
    ],
)
