"""The forms of a contract: adding, changing, moving to another stage, and its people and deputies."""

from collections.abc import Sequence
from functools import partial

from bot.access import Permission
from bot.delivery.directory import identities_of
from bot.delivery.messages import View
from bot.domain.duties import Regime
from bot.domain.normalisation import name_key
from bot.domain.wording import join_words, nearest, quoted
from bot.errors import UserError
from bot.identity import Identity
from bot.interactions import form_fields, record_forms
from bot.interactions.commands import incomplete
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, asks_and_writes, reads, writes
from bot.interactions.router import Router
from bot.models import Contract, RoleName, Stage
from bot.policy import RegisterPermission
from bot.records import ContractRecord
from bot.services.contracts import contract_edit, contract_people
from bot.services.documents.telling import TICK
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup import partners as partner_lookup
from bot.services.lookup import people as people_lookup
from bot.services.unit_of_work import ActorContext

NEW = {"stage": Stage.LIVE, "regime": Regime.ACT_2023}  # what most new contracts are


def _not_a_stage(typed: str) -> UserError:
    """What was typed is no stage of a contract."""
    stages = [stage.value for stage in Stage]
    close = nearest(typed, stages)
    meant = f"Did you mean {close}?" if close else f"The stages are {join_words(stages)}."
    return UserError(f"{quoted(typed)} is not a stage. {meant}")


def register(router: Router) -> None:
    """Register the forms."""
    router.on_submit("contract_new_form", writes(submit_new))
    router.on_submit("contract_edit_form", writes(submit_edit))
    router.on_submit("stage_form", writes(submit_stage))


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
    words = name_key(typed)
    exact = [each for each in Stage if each.value == words]
    begun = [each for each in Stage if len(words) >= 3 and any(part.startswith(words) for part in each.value.split())]
    found = exact or begun
    return found[0] if len(found) == 1 else None


def submit_new(ctx: ActorContext, form: Submission) -> Response:
    """Add the contract."""
    record = _record(ctx, form.values)
    contract = contract_edit.add_contract(ctx, record)
    return Response.shows(ctx.messages.view("contracts/added", contract=contract, rounded=record.rounded.values()))


def submit_edit(ctx: ActorContext, form: Submission) -> Response:
    """Change the contract."""
    contract = contract_lookup.contract_by_key(ctx, form.record_key, Permission.CHANGE)
    record = _record(ctx, {**form.values, "reference": contract.reference})
    changed = contract_edit.change_contract(ctx, contract.id, record, form_fields.text(form.values, "why"))
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
    mine = next((each.key for each in partners if contract and each.id == contract.partner_id), "")
    return ctx.messages.view(
        "contracts/form",
        contract=contract,
        inputs=record_forms.inputs(
            ContractRecord,
            {**ContractRecord.kept_in(contract), "partner": mine} if contract else NEW,
            {"partner": [(each.name, each.key) for each in partners]},
            but=("reference",) if contract else (),
        ),
    )


def _record(ctx: ActorContext, values: form_fields.Values) -> ContractRecord:
    """The contract that was entered; its partner may have been typed by name."""
    partner = partner_lookup.partner_to_contract(ctx, form_fields.text(values, "partner"))
    return record_forms.read(ContractRecord, {**values, "partner": partner.key})


def register_people(router: Router) -> None:
    """Register the buttons and forms."""
    router.on_click("people_change", reads(open_people))
    router.on_click("deputies_change", reads(open_deputies))
    router.on_submit("people_form", asks_and_writes(submit_people))
    router.on_submit("deputies_form", asks_and_writes(submit_deputies))


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
        tells = form_fields.ticked(form.values, TICK)
        made = contract_people.appoint(ctx, people.contract.id, wanted, identities, tell_partner=tells)
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
