"""The register: finding contracts, and the people and channels that belong to them."""

from collections.abc import Sequence

from sqlalchemy import bindparam, case, select
from sqlmodel import Session, col

from bot import access
from bot.access import Action, ContractFacts
from bot.db import table
from bot.domain.wording import nearest, quoted
from bot.errors import UserError
from bot.models import Audience, Channel, Contract, Organisation, Person, Role, RoleName
from bot.services.work import Act


class NoSuchContract(UserError):
    """No contract has the reference that was typed."""

    def __init__(self, typed: str, close: str | None, example: str) -> None:
        meant = f"Did you mean {close}?" if close else f"For example: {example}."
        super().__init__(f"There is no contract with the reference {quoted(typed)}. {meant}", field="contract")


class NoContractsYet(UserError):
    """The asker has no contract on which to do this."""

    def __init__(self, action: Action) -> None:
        super().__init__(
            f"There is no contract on which you can {action}. Ask a contract manager to give you a role on yours."
        )


_contracts, _partners = table(Contract), table(Organisation)
_FACTS = select(
    _contracts.c.id,
    _contracts.c.reference,
    _contracts.c.title,
    _contracts.c.partner_id,
    _partners.c.name.label("partner"),
    _contracts.c.sample,
).join_from(_contracts, _partners, _partners.c.id == _contracts.c.partner_id)
_BY_REFERENCE = _FACTS.where(_contracts.c.reference == bindparam("reference"))
_BY_ID = _FACTS.where(_contracts.c.id == bindparam("id"))


def contract_for(act: Act, reference: str, action: Action) -> ContractFacts:
    """The contract of this reference (in any case), on which the actor may do this. NoSuchContract, Denied."""
    found = act.session.connection().execute(_BY_REFERENCE, {"reference": reference.strip().upper()}).first()
    if found is None:
        own = [each.reference for each in access.contracts_open_to(act.session, act.actor, action)]
        raise NoSuchContract(reference, nearest(reference, own), own[0] if own else "WP-NE")
    contract = ContractFacts(*found)
    access.require(act.session, act.actor, action, contract)
    return contract


def contract_facts(session: Session, contract_id: int) -> ContractFacts:
    """The facts of a contract that a record points at."""
    return ContractFacts(*session.connection().execute(_BY_ID, {"id": contract_id}).one())


def contracts_for(act: Act, action: Action) -> Sequence[Contract]:
    """The contracts on which the actor may do this. NoContractsYet if there are none."""
    contracts = access.contracts_open_to(act.session, act.actor, action)
    if not contracts:
        raise NoContractsYet(action)
    return contracts


def reference_of_channel(session: Session, slack_channel: str) -> str | None:
    """The reference of the contract that a channel belongs to, if it belongs to one."""
    return session.scalar(
        select(col(Contract.reference))
        .join(Channel, col(Channel.contract_id) == Contract.id)
        .where(col(Channel.slack) == slack_channel)
    )


def channel_of(session: Session, contract_id: int, audience: Audience) -> str | None:
    """The Slack channel in which a contract is talked about with this audience, if it has one."""
    return session.scalar(
        select(col(Channel.slack)).where(col(Channel.contract_id) == contract_id, col(Channel.audience) == audience)
    )


def person_in_role(session: Session, contract_id: int, *roles: RoleName) -> Person | None:
    """Who holds the first of these roles that anybody holds on the contract."""
    order = case({role: place for place, role in enumerate(roles)}, value=col(Role.role))
    return session.scalar(
        select(Person)
        .join(Role, col(Role.person_id) == Person.id)
        .where(col(Role.contract_id) == contract_id, col(Role.role).in_(roles))
        .order_by(order, col(Person.id))
        .limit(1)
    )
