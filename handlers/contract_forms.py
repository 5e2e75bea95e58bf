"""The forms of a contract: adding, changing, moving to another stage, and its people and deputies."""

from collections.abc import Sequence
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.access import Permission, RegisterPermission
from bot.delivery.directory import identities_of
from bot.delivery.messages import View
from bot.domain.calendar import Nation
from bot.domain.duties import Regime, Supplies
from bot.domain.wording import join_words, nearest, quoted
from bot.errors import UserError
from bot.identity import Identity
from bot.interactions import form_fields
from bot.interactions.commands import incomplete
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, asks_and_writes, reads, writes
from bot.interactions.router import Router
from bot.models import AgreementForm, Contract, RoleName, Stage
from bot.services.contracts import contract_edit, contract_people
from bot.services.contracts.contract_edit import ContractEntry
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup import partners as partner_lookup
from bot.services.lookup import people as people_lookup
from bot.services.unit_of_work import ActorContext

WORKING_DAYS = 15  # every month has this many


def _not_a_stage(typed: str) -> UserError:
    """What was typed is no stage of a contract."""
    stages = [stage.value for stage in Stage]
    close = nearest(typed, stages)
    meant = f"Did you mean {close}?" if close else f"The stages are {join_words(stages)}."
    return UserError(f"{quoted(typed)} is not a stage. {meant}")


def register(app: AsyncApp, router: Router) -> None:
    """Register the forms."""
    router.on_submit(app, "contract_new_form", writes(submit_new))
    router.on_submit(app, "contract_edit_form", writes(submit_edit))
    router.on_submit(app, "stage_form", writes(submit_stage))


def new(ctx: ActorContext) -> Response:
    """Open the form for a new contract. Raises `UserError` or `Denied`."""
    ctx.require_on_register(RegisterPermission.ADD_CONTRACTS)
    return Response.opens(_form(ctx, None))


def edit(ctx: ActorContext, typed: str) -> Response:
    """Open the form that changes a contract, filled in with its present values."""
    return Response.opens(_form(ctx, contract_edit.contract_to_change(ctx, typed)))


def stage(ctx: ActorContext, channel: str, words: list[str]) -> Response:
    """`stage WP-NE exit because the provider leaves` moves it at once; without a stage a form asks."""
    said, _, why = " ".join(words).partition(" because ")
    reference, _, rest = said.partition(" ")
    here = contract_lookup.reference_of_channel(ctx.session, channel)
    if here and (moved := stage_named(said)):
        reference, rest = here, moved.value
    reference = reference or here or ""
    if not reference:
        raise incomplete("a contract's reference and the stage that it moves to")
    if not rest:
        contract = contract_edit.contract_to_change(ctx, reference)
        return Response.opens(ctx.messages.view("contracts/stage_form", contract=contract))
    found = stage_named(rest)
    if found is None:
        raise _not_a_stage(rest)
    changed = contract_edit.move_stage(ctx, reference, found, why)
    return Response.answers(ctx.messages.message("contracts/stage_changed", changed=changed))


def stage_named(typed: str) -> Stage | None:
    """The stage with this name, or the only one with a word that starts with it: "live", "exit"."""
    words = typed.casefold().strip()
    exact = [each for each in Stage if each.value == words]
    begun = [each for each in Stage if len(words) >= 3 and any(part.startswith(words) for part in each.value.split())]
    found = exact or begun
    return found[0] if len(found) == 1 else None


def submit_new(ctx: ActorContext, form: Submission) -> Response:
    """Add the contract."""
    contract = contract_edit.add_contract(ctx, _entry(ctx, form.values))
    return Response.shows(ctx.messages.view("contracts/added", contract=contract))


def submit_edit(ctx: ActorContext, form: Submission) -> Response:
    """Change the contract."""
    contract = contract_lookup.contract_by_key(ctx, form.record_key, Permission.CHANGE)
    entry = _entry(ctx, {**form.values, "reference": contract.reference})
    why = form_fields.text(form.values, "why")
    changed = contract_edit.change_contract(ctx, contract.id, entry, why)
    return Response.shows(ctx.messages.view("contracts/changed", changed=changed))


def submit_stage(ctx: ActorContext, form: Submission) -> Response:
    """Move the contract to the chosen stage."""
    moved = form_fields.choice(Stage, form.values, "stage")
    changed = contract_edit.move_stage(ctx, form.metadata, moved, form_fields.text(form.values, "why"))
    return Response.shows(ctx.messages.view("contracts/changed", changed=changed))


def _form(ctx: ActorContext, contract: Contract | None) -> View:
    partners = partner_lookup.partners_to_contract(ctx)
    if not partners:
        raise UserError("There is no partner yet to have a contract with. Add one first: type /partner new.")
    mine = next((each for each in partners if contract and each.id == contract.partner_id), None)
    many = len(partners) > 100  # more than a Slack list can hold, so the name is typed
    return ctx.messages.view(
        "contracts/form",
        contract=contract,
        partners=[(each.name, each.key) for each in partners],
        partner="" if mine is None else mine.name if many else mine.key,
        nations=list(Nation),
        stages=list(Stage),
        forms=list(AgreementForm),
        supplies=list(Supplies),
        regimes=list(Regime),
        working_days=[(str(day), str(day)) for day in range(1, WORKING_DAYS + 1)],
    )


def _entry(ctx: ActorContext, values: form_fields.Values) -> ContractEntry:
    return ContractEntry(
        reference=form_fields.text(values, "reference"),
        title=form_fields.text(values, "title"),
        partner=form_fields.text(values, "partner"),
        start=form_fields.day(values, "start", ctx.today),
        end=form_fields.day(values, "end", ctx.today),
        longest_end=form_fields.optional_day(values, "longest_end", ctx.today),
        value=form_fields.pounds(values, "value"),
        value_with_vat=form_fields.optional_pounds(values, "value_with_vat"),
        service_credit_cap=form_fields.optional_percentage(values, "service_credit_cap"),
        nation=form_fields.choice(Nation, values, "nation"),
        stage=form_fields.choice(Stage, values, "stage"),
        tier=form_fields.text(values, "tier"),
        regime=form_fields.choice(Regime, values, "regime"),
        form=form_fields.choice(AgreementForm, values, "form"),
        supplies=form_fields.choice(Supplies, values, "supplies"),
        light_touch=form_fields.ticked(values, "light_touch"),
        purpose=form_fields.text(values, "purpose"),
        objectives=form_fields.text(values, "objectives"),
        kpi_exemption=form_fields.text(values, "kpi_exemption"),
        ocds_id=form_fields.text(values, "ocds_id"),
        notice_id=form_fields.text(values, "notice_id"),
        documents=form_fields.text(values, "documents"),
        report_working_day=form_fields.whole(values, "report_working_day", WORKING_DAYS),
    )


def register_people(app: AsyncApp, router: Router) -> None:
    """Register the buttons and forms."""
    router.on_click(app, "people_change", reads(open_people))
    router.on_click(app, "deputies_change", reads(open_deputies))
    router.on_submit(app, "people_form", asks_and_writes(submit_people))
    router.on_submit(app, "deputies_form", asks_and_writes(submit_deputies))


def people(ctx: ActorContext, typed: str) -> Response:
    """Show the people of a contract."""
    found = contract_people.people_of(ctx, typed)
    return Response.answers(ctx.messages.message("contracts/people", people=found, today=ctx.today))


def open_people(ctx: ActorContext, click: Click) -> Response:
    """Open the form with a field for each role."""
    found = contract_people.people_to_change(ctx, click.record_key)
    return Response.opens(ctx.messages.view("contracts/people_form", people=found))


def open_deputies(ctx: ActorContext, click: Click) -> Response:
    """Open the form with a field for each holder of a role."""
    return Response.opens(
        ctx.messages.view("contracts/deputies_form", people=contract_people.people_to_change(ctx, click.record_key))
    )


def submit_people(ctx: ActorContext, form: Submission) -> Response:
    """Make the picked users the holders of each role, after asking Slack about the new ones."""
    people = contract_people.people_to_change(ctx, form.record_key)
    wanted = {
        role: form_fields.users(form.values, name)
        for role in RoleName
        if (name := f"role_{role.name.lower()}") in form.values
    }
    new = people_lookup.unknown_among(ctx, {slack for each in wanted.values() for slack in each})

    def then(ctx: ActorContext, identities: Sequence[Identity]) -> Response:
        made = contract_people.appoint(ctx, people.contract.id, wanted, identities)
        return Response.shows(ctx.messages.view("contracts/people_done", people=made))

    return Response.after(partial(identities_of, users=new), then)


def submit_deputies(ctx: ActorContext, form: Submission) -> Response:
    """Make the picked users the deputies."""
    people = contract_people.people_to_change(ctx, form.record_key)
    wanted = {
        holder.key: (form_fields.users(form.values, f"deputy_{holder.key}") or [""])[0]
        for holder in people.holders
        if f"deputy_{holder.key}" in form.values
    }
    new = people_lookup.unknown_among(ctx, {slack for slack in wanted.values() if slack})

    def then(ctx: ActorContext, identities: Sequence[Identity]) -> Response:
        made = contract_people.set_deputies(ctx, people.contract.id, wanted, identities)
        return Response.shows(ctx.messages.view("contracts/people_done", people=made))

    return Response.after(partial(identities_of, users=new), then)
