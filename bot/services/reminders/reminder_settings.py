"""A contract's own rules for when people are reminded, in place of the usual ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.due_kinds import DueKind
from bot.domain.reminders import ReminderRule
from bot.models import ReminderSetting
from bot.services import edit_conflicts
from bot.services.due.rules import rule_of
from bot.services.due.sources import SOURCES, source_of
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class KindRule:
    """The rule for reminding people of one kind of item; `is_own` says whether it is the contract's own."""

    kind: DueKind
    rule: ReminderRule
    is_own: bool


@dataclass(frozen=True)
class ContractRules:
    """The rules of a contract, one for each kind of item, and whether the actor may change them."""

    contract: ContractRef
    rules: Sequence[KindRule]
    may_change: bool


def rules_of(ctx: ActorContext, typed: str) -> ContractRules:
    """The rules of a contract that the actor may see. Raises `UserError` or `Denied`."""
    return _rules(ctx, contract_lookup.contract_for(ctx, typed, Permission.SEE))


def rules_to_change(ctx: ActorContext, key: str) -> ContractRules:
    """The rules of a contract that the actor may change. Raises `UserError` or `Denied`."""
    return _rules(ctx, contract_lookup.contract_by_key(ctx, key, Permission.CHANGE))


def change_rule(ctx: ActorContext, key: str, kind: DueKind, rule: ReminderRule | None) -> ContractRules:
    """Give a contract its own rule for one kind of item; None restores the usual one. Raises `UserError`, `Denied` or
    `EditConflict`."""
    contract = contract_lookup.contract_by_key(ctx, key, Permission.CHANGE)
    before = ctx.session.get(ReminderSetting, (contract.id, kind), with_for_update=True)
    edit_conflicts.check(ctx, contract.reference, "reminders changed")
    usual = source_of(kind).rule
    was = rule_of(before) if before else usual
    if before is not None:
        ctx.session.delete(before)
        ctx.session.flush()
    if rule is not None and rule != usual:
        before_it, after_it = (",".join(map(str, days)) for days in (rule.before, rule.after))
        setting = ReminderSetting(contract_id=contract.id, kind=kind, before=before_it, after=after_it)
        setting.late_every = rule.late_every
        ctx.session.add(setting)
        ctx.session.flush()
    changes = {f"reminders: {kind}": (was.sentence, (rule or usual).sentence)}
    ctx.record("reminders changed", contract.reference, contract_id=contract.id, changes=changes)
    return _rules(ctx, contract)


def _rules(ctx: ActorContext, contract: ContractRef) -> ContractRules:
    settings = ctx.session.scalars(select(ReminderSetting).where(col(ReminderSetting.contract_id) == contract.id))
    own = {setting.kind: rule_of(setting) for setting in settings}
    rules = [KindRule(each.kind, own.get(each.kind, each.rule), each.kind in own) for each in SOURCES]
    return ContractRules(contract, rules, ctx.may(Permission.CHANGE, contract))
