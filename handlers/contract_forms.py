"""The forms of a contract: a new one, a change to what was agreed, another stage."""

from slack_bolt.async_app import AsyncApp

from bot.access import Action, Keeping
from bot.domain.calendar import Nation
from bot.domain.duties import Regime, Supplies
from bot.domain.wording import join_words, nearest, quoted
from bot.errors import UserError
from bot.messages import View
from bot.models import AgreementForm, Contract, Stage
from bot.services.contracts import contract_edit
from bot.services.contracts import register as contract_register
from bot.services.contracts.contract_edit import ContractEntry
from bot.services.partners import partners as partner_register
from bot.services.work import Act
from handlers import fields
from handlers.arrivals import Submission
from handlers.desk import Desk
from handlers.one_line import Incomplete
from handlers.outcome import Outcome

WORKING_DAYS = 15  # every month has so many


class NotAStage(UserError):
    """What was typed is no stage of a contract."""

    def __init__(self, typed: str) -> None:
        stages = [stage.value for stage in Stage]
        close = nearest(typed, stages)
        meant = f"Did you mean {close}?" if close else f"The stages are {join_words(stages)}."
        super().__init__(f"{quoted(typed)} is not a stage. {meant}")


class NoPartnersYet(UserError):
    """There is nobody to have a contract with."""

    def __init__(self) -> None:
        super().__init__("There is no partner yet to have a contract with. Add one first: type /partner new.")


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the forms."""
    desk.on_submit(app, "contract_new_form", submit_new)
    desk.on_submit(app, "contract_edit_form", submit_edit)
    desk.on_submit(app, "stage_form", submit_stage)


def new(act: Act) -> Outcome:
    """Open the form for a new contract. NoPartnersYet, Denied."""
    act.require_keeper(Keeping.ADD_CONTRACTS)
    return Outcome.opens(_form(act, None))


def edit(act: Act, typed: str) -> Outcome:
    """Open the form that changes a contract, filled with what it says now."""
    return Outcome.opens(_form(act, contract_edit.contract_to_change(act, typed)))


def stage(act: Act, channel: str, words: list[str]) -> Outcome:
    """`stage WP-NE exit because the provider leaves` moves it at once; without a stage a form asks."""
    said, _, why = " ".join(words).partition(" because ")
    reference, _, rest = said.partition(" ")
    here = contract_register.reference_of_channel(act.session, channel)
    if here and (moved := stage_named(said)):
        reference, rest = here, moved.value
    reference = reference or here or ""
    if not reference:
        raise Incomplete("a contract's reference and the stage that it moves to")
    if not rest:
        contract = contract_edit.contract_to_change(act, reference)
        return Outcome.opens(act.messages.view("stage_form", contract=contract, stages=list(Stage)))
    found = stage_named(rest)
    if found is None:
        raise NotAStage(rest)
    changed = contract_edit.move_stage(act, reference, found, why)
    return Outcome.answers(act.messages.message("stage_changed", changed=changed), keep=True)


def stage_named(typed: str) -> Stage | None:
    """The stage of this name, or the only one of which it begins a word: "live", "exit"."""
    words = typed.casefold().strip()
    exact = [each for each in Stage if each.value == words]
    begun = [each for each in Stage if len(words) >= 3 and any(part.startswith(words) for part in each.value.split())]
    found = exact or begun
    return found[0] if len(found) == 1 else None


def submit_new(act: Act, form: Submission) -> Outcome:
    """Add the contract."""
    contract = contract_edit.add_contract(act, _entry(act, form.values))
    return Outcome.shows(act.messages.view("contract_added", contract=contract))


def submit_edit(act: Act, form: Submission) -> Outcome:
    """Change the contract."""
    contract = contract_register.contract_by_id(act, form.record_id, Action.CHANGE)
    entry = _entry(act, {**form.values, "reference": contract.reference})
    why = fields.text(form.values, "why")
    changed = contract_edit.change_contract(act, contract.id, entry, why)
    return Outcome.shows(act.messages.view("contract_changed", changed=changed))


def submit_stage(act: Act, form: Submission) -> Outcome:
    """Move the contract to the stage that was chosen."""
    moved = fields.choice(Stage, form.values, "stage")
    changed = contract_edit.move_stage(act, form.metadata, moved, fields.text(form.values, "why"))
    return Outcome.shows(act.messages.view("contract_changed", changed=changed))


def _form(act: Act, contract: Contract | None) -> View:
    partners = partner_register.partners_to_contract(act)
    if not partners:
        raise NoPartnersYet
    mine = next((each for each in partners if contract and each.id == contract.partner_id), None)
    many = len(partners) > 100  # more than a list in Slack can hold: then the name is typed
    return act.messages.view(
        "contract_form",
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


def _entry(act: Act, values: fields.Values) -> ContractEntry:
    return ContractEntry(
        reference=fields.text(values, "reference"),
        title=fields.text(values, "title"),
        partner=fields.text(values, "partner"),
        start=fields.day(values, "start", act.today),
        end=fields.day(values, "end", act.today),
        longest_end=fields.optional_day(values, "longest_end", act.today),
        value=fields.pounds(values, "value"),
        value_with_vat=fields.optional_pounds(values, "value_with_vat"),
        service_credit_cap=fields.optional_percentage(values, "service_credit_cap"),
        nation=fields.choice(Nation, values, "nation"),
        stage=fields.choice(Stage, values, "stage"),
        tier=fields.text(values, "tier"),
        regime=fields.choice(Regime, values, "regime"),
        form=fields.choice(AgreementForm, values, "form"),
        supplies=fields.choice(Supplies, values, "supplies"),
        light_touch=fields.ticked(values, "light_touch"),
        purpose=fields.text(values, "purpose"),
        objectives=fields.text(values, "objectives"),
        kpi_exemption=fields.text(values, "kpi_exemption"),
        ocds_id=fields.text(values, "ocds_id"),
        notice_id=fields.text(values, "notice_id"),
        documents=fields.text(values, "documents"),
        report_working_day=fields.whole(values, "report_working_day", WORKING_DAYS),
    )
