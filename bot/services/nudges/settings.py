"""A contract's own rules of when people are reminded, in place of the usual ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action, ContractFacts
from bot.domain.nudges import RULES, NudgeKind, NudgeRule
from bot.models import NudgeSetting
from bot.services import crossing
from bot.services.contracts import register
from bot.services.nudges.rules import rule_of
from bot.services.work import Act


@dataclass(frozen=True)
class KindRule:
    """When people are reminded of one kind of thing, and whether the contract has a rule of its own for it."""

    kind: NudgeKind
    rule: NudgeRule
    is_own: bool


@dataclass(frozen=True)
class ContractRules:
    """Every rule of a contract; whether the actor may change them."""

    contract: ContractFacts
    rules: Sequence[KindRule]
    may_change: bool


def rules_of(act: Act, typed: str) -> ContractRules:
    """When people are reminded on a contract. NoSuchContract, SeveralContracts, Denied."""
    return _rules(act, register.contract_for(act, typed, Action.SEE))


def rules_to_change(act: Act, contract_id: int) -> ContractRules:
    """The same, for who may change them. NoLongerThere, Denied."""
    return _rules(act, register.contract_by_id(act, contract_id, Action.CHANGE))


def change_rule(act: Act, contract_id: int, kind: NudgeKind, rule: NudgeRule | None) -> ContractRules:
    """Give a contract a rule of its own for one kind, or (None) the usual one again. NoLongerThere, Crossed, Denied."""
    contract = register.contract_by_id(act, contract_id, Action.CHANGE)
    before = act.session.get(NudgeSetting, (contract_id, kind), with_for_update=True)
    crossing.check(act, contract.reference, "reminders changed")
    was = rule_of(before) if before else RULES[kind]
    if before is not None:
        act.session.delete(before)
        act.session.flush()
    if rule is not None and rule != RULES[kind]:
        days = ",".join(str(day) for day in rule.before)
        act.session.add(NudgeSetting(contract_id=contract_id, kind=kind, before=days, late_every=rule.late_every))
        act.session.flush()
    changes = {f"reminders: {kind}": (was.sentence, (rule or RULES[kind]).sentence)}
    act.record("reminders changed", contract.reference, contract_id=contract_id, changes=changes)
    return _rules(act, contract)


def _rules(act: Act, contract: ContractFacts) -> ContractRules:
    settings = act.session.scalars(select(NudgeSetting).where(col(NudgeSetting.contract_id) == contract.id))
    own = {setting.kind: rule_of(setting) for setting in settings}
    rules = [KindRule(kind, own.get(kind, usual), kind in own) for kind, usual in RULES.items()]
    return ContractRules(contract, rules, act.may(Action.CHANGE, contract))
