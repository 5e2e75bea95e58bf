"""The channels in which a contract is talked about: one for the department alone, one shared with the partner."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action, ContractFacts, Keeping
from bot.errors import UserError
from bot.models import Audience, Channel, Contract
from bot.outbox import Draft
from bot.services.contracts import register
from bot.services.readers import readers_of
from bot.services.work import Act
from bot.slack_facts import ChannelFacts


class CannotBind(UserError):
    """A channel cannot be bound as was asked."""


@dataclass(frozen=True)
class Binding:
    """A channel, what it is bound to (with no contract: the portfolio), and the one that it took the place of."""

    channel: str
    audience: Audience
    contract: str | None
    instead_of: str | None = None


def channel_to_bind(act: Act, typed: str) -> str:
    """The reference of a contract whose channels the actor may bind. NoSuchContract, SeveralContracts, Denied."""
    return register.contract_for(act, typed, Action.BIND).reference


def bind(act: Act, typed: str, channel: ChannelFacts) -> Binding:
    """Bind a channel to a contract: as the shared one where the partner is in it, else as the internal one.

    A channel that the contract had for the same readers is let go. CannotBind where other organisations than the
    partner are in it, or where it belongs to another contract or to the portfolio.
    """
    contract = register.contract_for(act, typed, Action.BIND)
    _check_free(act, channel, contract.id)
    audience = Audience.SHARED if channel.is_shared_outside else Audience.INTERNAL
    strangers = channel.outside_teams - readers_of(act.session, audience, contract.id).teams
    if strangers or (channel.is_shared_outside and not channel.outside_teams):
        raise CannotBind(
            f"Organisations that are not {contract.partner}, the partner of {contract.reference}, are in this channel, "
            "so it was not bound. Use a channel with the partner alone, or add its Slack workspace with /partner edit."
        )
    before = act.session.scalars(
        select(Channel).where(col(Channel.contract_id) == contract.id, col(Channel.audience) == audience)
    ).all()
    for row in before:
        if row.slack != channel.id:
            act.session.delete(row)
    act.session.flush()
    own = act.session.scalar(select(Channel).where(col(Channel.slack) == channel.id))
    if own is None:
        act.session.add(Channel(slack=channel.id, contract_id=contract.id, audience=audience, created_at=act.now))
    else:  # bound anew, with other readers perhaps: it keeps its weekly summary
        own.audience = audience
    old = next((row.slack for row in before if row.slack != channel.id), None)
    act.record(
        "channel bound",
        contract.reference,
        contract_id=contract.id,
        changes={f"{audience} channel": [before[0].slack if before else "nothing", channel.id]},
    )
    if audience is Audience.SHARED and (old is not None or not before):
        _welcome(act, contract, channel.id)
    return Binding(channel.id, audience, contract.reference, old)


def _welcome(act: Act, contract: ContractFacts, channel: str) -> None:
    """Say in a channel that is shared from now on what it is for, with the button to raise a risk."""
    message = act.messages.message("channel_welcome", contract=contract)
    why = f"this channel was bound to {contract.reference}"
    key = act.next_key(f"contract-{contract.id}-welcome")
    act.enqueue(Draft(key, channel, Audience.SHARED, message, why, contract.id))


def bind_portfolio(act: Act, channel: ChannelFacts) -> Binding:
    """Bind a channel of the department to the portfolio: the weekly summary comes there. CannotBind, Denied."""
    act.require_keeper(Keeping.ADMINISTER)
    _check_free(act, channel, None)
    if channel.is_shared_outside:
        raise CannotBind(
            "Another organisation is in this channel, and the portfolio is internal, so it was not bound. "
            "Use a channel of the department alone."
        )
    if act.session.scalar(select(Channel).where(col(Channel.slack) == channel.id)) is None:
        row = Channel(slack=channel.id, contract_id=None, audience=Audience.INTERNAL, created_at=act.now)
        act.session.add(row)
        act.record("channel bound", f"channel {channel.id}", to="the portfolio")
    return Binding(channel.id, Audience.INTERNAL, None)


def unbind(act: Act, channel: str) -> Binding:
    """Let a channel go. CannotBind if it is bound to nothing; Denied."""
    row = act.session.scalar(select(Channel).where(col(Channel.slack) == channel))
    if row is None:
        raise CannotBind("This channel is bound to nothing. To bind it, type /contract channel and a reference.")
    if row.contract_id is None:
        act.require_keeper(Keeping.ADMINISTER)
        act.record("channel let go", f"channel {channel}")
        reference = None
    else:
        contract = register.contract_by_id(act, row.contract_id, Action.BIND)
        reference = contract.reference
        changes = {f"{row.audience} channel": [channel, "nothing"]}
        act.record("channel let go", reference, contract_id=contract.id, changes=changes)
    act.session.delete(row)
    return Binding(channel, row.audience, reference)


def _check_free(act: Act, channel: ChannelFacts, contract_id: int | None) -> None:
    """CannotBind for a direct message, and for a channel that belongs to something else."""
    if channel.is_direct:
        raise CannotBind("A direct message cannot be bound. Type this in the channel that you mean.")
    if not channel.is_member:
        raise CannotBind(
            "Liaison is not in this channel, so could not post here. Type /invite @Liaison, and try again."
        )
    row = act.session.execute(
        select(Channel, col(Contract.reference))
        .outerjoin(Contract, col(Contract.id) == col(Channel.contract_id))
        .where(col(Channel.slack) == channel.id)
    ).first()
    if row is not None and row[0].contract_id != contract_id:
        whose = row[1] if row[1] and row[1] in {each.reference for each in act.contracts_open_to(Action.SEE)} else None
        what = whose or ("the portfolio" if row[0].contract_id is None else "another contract")
        raise CannotBind(
            f"This channel is bound to {what} already. To let it go first, type /contract channel none here."
        )
