"""The channels of a contract: an internal one for the department, and one shared with the partner."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.delivery.outbox import OutgoingMessage
from bot.delivery.readers import partner_teams
from bot.delivery.slack_facts import ChannelFacts
from bot.errors import UserError
from bot.models import Audience, Channel, Contract
from bot.policy import RegisterPermission
from bot.services import occurrences
from bot.services.documents import telling
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext

TOLD = "partner told of channel"


@dataclass(frozen=True)
class Binding:
    """A channel and the contract it is bound to (None: the portfolio), and the channel that it replaced.

    `tell_key` is the contract's key where its partner can be told of the channel, which is new to them; `told` is how
    many of their people are told.
    """

    channel: str
    audience: Audience
    contract: str | None
    instead_of: str | None = None
    tell_key: str = ""
    told: int = 0


def channel_to_bind(ctx: ActorContext, typed: str) -> str:
    """The reference of a contract whose channels the actor may bind. Raises `UserError`, `AmbiguousMatch` or
    `Denied`."""
    return contract_lookup.contract_for(ctx, typed, Permission.BIND).reference


def bind(ctx: ActorContext, typed: str, channel: ChannelFacts) -> Binding:
    """Bind a channel to a contract: as its shared channel if the partner is in it, else as its internal one.

    This unbinds the contract's earlier channel for the same readers. Raises `UserError` if other organisations are in
    the channel, or if it belongs to another contract or to the portfolio.
    """
    contract = contract_lookup.contract_for(ctx, typed, Permission.BIND)
    _check_free(ctx, channel, contract.id)
    audience = Audience.SHARED if channel.is_shared_outside else Audience.INTERNAL
    strangers = channel.outside_teams - partner_teams(ctx.session, audience, contract.id)
    if strangers or channel.is_shared_with_unknown:
        raise UserError(
            f"Organisations that are not {contract.partner}, the partner of {contract.reference}, are in this channel, "
            "so it was not bound. Use a channel with the partner alone, or add its Slack workspace with /partner edit."
        )
    before = ctx.session.scalars(
        select(Channel).where(col(Channel.contract_id) == contract.id, col(Channel.audience) == audience)
    ).all()
    for row in before:
        if row.slack != channel.id:
            ctx.session.delete(row)
    ctx.session.flush()
    own = ctx.session.scalar(select(Channel).where(col(Channel.slack) == channel.id))
    if own is None:
        ctx.session.add(Channel(slack=channel.id, contract_id=contract.id, audience=audience, created_at=ctx.now))
    else:  # bound again, perhaps for other readers: its weekly summary stays
        own.audience = audience
    old = next((row.slack for row in before if row.slack != channel.id), None)
    ctx.record(
        "channel bound",
        contract.reference,
        contract_id=contract.id,
        changes={f"{audience} channel": [before[0].slack if before else "nothing", channel.id]},
    )
    is_new_to_partner = audience is Audience.SHARED and (old is not None or not before)
    if is_new_to_partner:
        _welcome(ctx, contract, channel.id)
    tell_key = contract.public_id if is_new_to_partner and telling.can_tell(ctx, contract) else ""
    return Binding(channel.id, audience, contract.reference, old, tell_key)


def _welcome(ctx: ActorContext, contract: ContractRef, channel: str) -> None:
    """Post the purpose of a newly shared channel in it, with the button to raise a risk."""
    message = ctx.messages.message("contracts/channel_welcome", contract=contract)
    why = f"this channel was bound to {contract.reference}"
    key = ctx.next_key(f"contract-{contract.id}-welcome")
    ctx.enqueue(OutgoingMessage(key, channel, Audience.SHARED, message, why, contract.id))


def channel_to_tell_of(ctx: ActorContext, key: str) -> str:
    """The channel of a contract of which its partner is to be told. Raises `UserError` or `Denied`."""
    return _shared_channel(ctx, contract_lookup.contract_by_key(ctx, key, Permission.BIND)).slack


def tell_partner(ctx: ActorContext, key: str, channel: ChannelFacts) -> Binding:
    """Tell the partner of a contract which channel is shared with them now: each of its contacts directly, as some may
    not be in it yet. Raises `UserError` or `Denied`."""
    contract = contract_lookup.contract_by_key(ctx, key, Permission.BIND)
    row = _shared_channel(ctx, contract)
    if row.slack != channel.id or not occurrences.claim(ctx, TOLD, f"channel {row.slack}", row.created_at):
        raise UserError(f"The channel of {contract.reference} has changed, or its partner was told of it already.")
    subject = f"{contract.reference}: our shared channel is now #{channel.name}"
    what = (
        f"The department shares #{channel.name} with you for {contract.reference}. "
        "Liaison asks for reports and tells of changes there."
    )
    issued = telling.tell(ctx, contract, subject, what)
    if issued is None:
        raise UserError(telling.unreached(ctx, contract))
    return Binding(row.slack, row.audience, contract.reference, told=issued.people)


def _shared_channel(ctx: ActorContext, contract: ContractRef) -> Channel:
    shared = (col(Channel.contract_id) == contract.id, col(Channel.audience) == Audience.SHARED)
    row = ctx.session.scalar(select(Channel).where(*shared))
    if row is None:
        raise UserError(f"{contract.reference} has no channel that is shared with its partner, so nobody was told.")
    return row


def bind_portfolio(ctx: ActorContext, channel: ChannelFacts) -> Binding:
    """Bind a channel of the department to the portfolio, for its weekly summary. Raises `UserError` or `Denied`."""
    ctx.require_on_register(RegisterPermission.ADMINISTER)
    _check_free(ctx, channel, None)
    if channel.is_shared_outside:
        raise UserError(
            "Another organisation is in this channel, and the portfolio is internal, so it was not bound. "
            "Use a channel of the department alone."
        )
    if ctx.session.scalar(select(Channel).where(col(Channel.slack) == channel.id)) is None:
        row = Channel(slack=channel.id, contract_id=None, audience=Audience.INTERNAL, created_at=ctx.now)
        ctx.session.add(row)
        ctx.record("channel bound", f"channel {channel.id}", to="the portfolio")
    return Binding(channel.id, Audience.INTERNAL, None)


def unbind(ctx: ActorContext, channel: str) -> Binding:
    """Unbind a channel. Raises `UserError` or `Denied`."""
    row = ctx.session.scalar(select(Channel).where(col(Channel.slack) == channel))
    if row is None:
        raise UserError("This channel is bound to nothing. To bind it, type /contract channel and a reference.")
    if row.contract_id is None:
        ctx.require_on_register(RegisterPermission.ADMINISTER)
        ctx.record("channel let go", f"channel {channel}")
        reference = None
    else:
        contract = contract_lookup.contract_by_id(ctx, row.contract_id, Permission.BIND)
        reference = contract.reference
        changes = {f"{row.audience} channel": [channel, "nothing"]}
        ctx.record("channel let go", reference, contract_id=contract.id, changes=changes)
    ctx.session.delete(row)
    return Binding(channel, row.audience, reference)


def _check_free(ctx: ActorContext, channel: ChannelFacts, contract_id: int | None) -> None:
    """Refuse a direct message, and a channel that is bound to something else. Raises `UserError`."""
    if channel.is_direct:
        raise UserError("A direct message cannot be bound. Type this in the channel that you mean.")
    if not channel.is_member:
        raise UserError("Liaison is not in this channel, so could not post here. Type /invite @Liaison, and try again.")
    row = ctx.session.execute(
        select(Channel, col(Contract.reference))
        .outerjoin(Contract, col(Contract.id) == col(Channel.contract_id))
        .where(col(Channel.slack) == channel.id)
    ).first()
    if row is not None and row[0].contract_id != contract_id:
        whose = (
            row[1] if row[1] and row[1] in {each.reference for each in ctx.contracts_open_to(Permission.SEE)} else None
        )
        what = whose or ("the portfolio" if row[0].contract_id is None else "another contract")
        raise UserError(
            f"This channel is bound to {what} already. To let it go first, type /contract channel none here."
        )
