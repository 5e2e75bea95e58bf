"""The register: finding contracts, and the people and channels that belong to them."""

from collections.abc import Sequence

from sqlalchemy import case, select
from sqlmodel import Session, col

from bot import access
from bot.access import Action
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


def contract_for(act: Act, reference: str, action: Action) -> Contract:
    """The contract of this reference (in any case), on which the actor may do this. NoSuchContract, Denied."""
    contract = act.session.scalar(select(Contract).where(col(Contract.reference) == reference.strip().upper()))
    if contract is None:
        own = [each.reference for each in access.contracts_open_to(act.session, act.actor, action)]
        raise NoSuchContract(reference, nearest(reference, own), own[0] if own else "WP-NE")
    access.require(act.session, act.actor, action, contract)
    return contract


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


def channel_of(session: Session, contract: Contract, audience: Audience) -> str | None:
    """The Slack channel in which a contract is talked about with this audience, if it has one."""
    return session.scalar(
        select(col(Channel.slack)).where(col(Channel.contract_id) == contract.id, col(Channel.audience) == audience)
    )


def person_in_role(session: Session, contract: Contract, *roles: RoleName) -> Person | None:
    """Who holds the first of these roles that anybody holds on the contract."""
    order = case({role: place for place, role in enumerate(roles)}, value=col(Role.role))
    return session.scalar(
        select(Person)
        .join(Role, col(Role.person_id) == Person.id)
        .where(col(Role.contract_id) == contract.id, col(Role.role).in_(roles))
        .order_by(order, col(Person.id))
        .limit(1)
    )


def partner_of(session: Session, contract: Contract) -> Organisation:
    """The delivery partner of a contract."""
    return session.get_one(Organisation, contract.partner_id)
