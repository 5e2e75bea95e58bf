"""Scopes: which contracts something is looked for among, as an SQL condition that is built once.

To build a statement takes SQLAlchemy longer than most databases take to carry it out. So what is asked again and again
is built once: its conditions have named parameters, and their values are given when it is carried out.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar, cast

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, true

from bot.db import table
from bot.domain.calendar import Nation
from bot.models import Contract

KEPT = 32  # statements of each function that builds them: so many scopes and selections are in use on one day

_contracts = table(Contract)
_IDS: BindParameter[Any] = bindparam("contract_ids", expanding=True)
_NATIONS: BindParameter[Any] = bindparam("nations", expanding=True)
_ON_ONE = _contracts.c.id == bindparam("contract_id")
_ON_SOME = _contracts.c.id.in_(_IDS)
_IN_NATIONS = _contracts.c.nation.in_(_NATIONS)

P = ParamSpec("P")
S = TypeVar("S")


@dataclass(frozen=True)
class ContractScope:
    """Some contracts: the condition on the contract's table, and the values of its parameters."""

    contracts: ColumnElement[bool]
    values: Mapping[str, object] = field(default_factory=dict)

    def __and__(self, other: "ContractScope") -> "ContractScope":
        """The contracts that are in both."""
        return ContractScope(_both(self.contracts, other.contracts), {**self.values, **other.values})


EVERYWHERE = ContractScope(true())


def on_contract(contract_id: int) -> ContractScope:
    """One contract."""
    return ContractScope(_ON_ONE, {"contract_id": contract_id})


def on_contracts(contract_ids: Collection[int]) -> ContractScope:
    """The contracts with these ids."""
    return ContractScope(_ON_SOME, {"contract_ids": [*contract_ids]})


def in_nations(nations: Collection[Nation]) -> ContractScope:
    """The contracts whose working days are those of these nations."""
    return ContractScope(_IN_NATIONS, {"nations": [*nations]})


def built_once(build: Callable[P, S]) -> Callable[P, S]:
    """Makes a function keep the last statements that it built, for what it was given: a condition counts as given again
    if it is the same object, so that of a scope is built once too."""
    return cast(Callable[P, S], lru_cache(maxsize=KEPT)(build))


@built_once
def _both(one: ColumnElement[bool], other: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(one, other)
