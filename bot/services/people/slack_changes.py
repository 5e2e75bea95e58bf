"""Changes in Slack that affect the register: members of a bound channel, a channel's id, a person's account.

Delivery checks the readers of a channel when it sends, and withholds what they may not read (see
bot.delivery.channels). This module records the change and tells the people who can fix the channel before a message is
missed.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, exists, select, update
from sqlmodel import Session, col

from bot import slack_channels, slack_users
from bot.access import ContractRef
from bot.delivery import outbox
from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage
from bot.delivery.readers import note_shared, partner_teams
from bot.domain.channel_ends import ChannelEnd
from bot.identity import is_department
from bot.models import (
    Audience,
    Channel,
    Contract,
    DigestPost,
    Occurrence,
    Organisation,
    Person,
    PinnedList,
    RoleName,
    SharedChannel,
    SlackUser,
    Team,
)
from bot.services.lookup import contracts as contract_lookup
from bot.services.people import accounts
from bot.services.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BoundChannel:
    """A channel and what it is bound to; without a contract it is the portfolio's."""

    slack: str
    contract: ContractRef | None
    with_partner: bool


def organisation_joined(work: UnitOfWork, slack_channel: str, team: str, event: str) -> None:
    """Record that an organisation joined a channel, and tell the people who can fix it if they may not read its
    messages.

    That is the contract manager, or every administrator for the portfolio's channel; `event` makes the message unique.
    """
    note_shared(work.session, slack_channel, work.now)
    slack_channels.note_changed(work.session, slack_channel, work.now)
    _note_unshared(work, slack_channel, unshared=False)
    channel = _bound(work, slack_channel)
    if channel is None:
        return
    work.record("channel shared", _subject(slack_channel), contract_id=channel.contract_id, team=team)
    if team in partner_teams(work.session, channel.audience, channel.contract_id):
        return
    bound, newcomer = _described(work, channel), _name_of(work, team)
    message = work.messages.message("contracts/channel_shared", channel=bound, newcomer=newcomer)
    _tell_who_can_mend(work, channel, message, f"{newcomer} came into a channel", f"{event} shared")


def organisation_left(work: UnitOfWork, slack_channel: str, team: str, *, others_stay: bool) -> None:
    """Record that an organisation left a channel, and whether it was the last one."""
    slack_channels.note_changed(work.session, slack_channel, work.now)
    if not others_stay:
        work.session.execute(delete(SharedChannel).where(col(SharedChannel.slack) == slack_channel))
        _note_unshared(work, slack_channel, unshared=True)
    channel = _bound(work, slack_channel)
    if channel is not None:
        work.record("channel unshared", _subject(slack_channel), contract_id=channel.contract_id, team=team)


def channel_ended(work: UnitOfWork, slack_channel: str, end: ChannelEnd, event: str) -> None:
    """Record that Liaison can post in a channel no more, and tell the people who can mend it, before a message is
    missed."""
    channel = _bound(work, slack_channel)
    if channel is None:
        return
    work.record(f"channel {end.value}", _subject(slack_channel), contract_id=channel.contract_id)
    message = work.messages.message("contracts/channel_ended", channel=_described(work, channel), end=end)
    _tell_who_can_mend(work, channel, message, f"a channel {end.value}", f"{event} ended")


def channel_reopened(work: UnitOfWork, slack_channel: str) -> None:
    """Record that a channel is no longer archived: messages go there again."""
    channel = _bound(work, slack_channel)
    if channel is not None:
        work.record("channel is no longer archived", _subject(slack_channel), contract_id=channel.contract_id)


def member_left(work: UnitOfWork, slack_channel: str, user: str, event: str) -> None:
    """Record that a partner's person left the channel that a contract shares with the partner, and tell the contract
    manager: what is posted there does not reach them now."""
    slack_channels.note_changed(work.session, slack_channel, work.now)
    channel = _bound(work, slack_channel)
    if channel is None or channel.audience is not Audience.SHARED:
        return
    person = _of_partner(work, user, channel.contract_id)
    if person is None:
        return
    work.record("left a shared channel", user, contract_id=channel.contract_id, channel=slack_channel)
    message = work.messages.message("contracts/member_left", channel=_described(work, channel), name=person.name)
    _tell_who_can_mend(work, channel, message, f"{person.name} left a channel", f"{event} left")


def channel_renumbered(work: UnitOfWork, old: str, new: str) -> None:
    """Replace a channel's id wherever it is stored: bindings, messages and weekly summaries."""
    if work.session.get(SharedChannel, old) is not None:
        note_shared(work.session, new, work.now)
    channel = _bound(work, old)
    if channel is None:
        return
    if _bound(work, new) is not None:
        log.error("channel %s is now %s, which is bound already: bind it anew", old, new)
        return
    channel.slack = new
    outbox.move(work.session, old, new)
    work.session.execute(update(PinnedList).where(col(PinnedList.channel) == old).values(channel=new))
    work.session.execute(update(DigestPost).where(col(DigestPost.channel) == old).values(channel=new))
    work.session.execute(
        update(Occurrence).where(col(Occurrence.subject) == _subject(old)).values(subject=_subject(new))
    )
    work.record("channel id changed", _subject(new), contract_id=channel.contract_id, changes={"slack": [old, new]})


def message_deleted(work: UnitOfWork, slack_channel: str, ts: str) -> None:
    """Note that the pinned message of a channel was deleted: it is posted again."""
    first = outbox.find_original(work.session, slack_channel, ts)
    if first is not None:
        gone = update(PinnedList).where(col(PinnedList.message) == first.key, ~col(PinnedList.released))
        work.session.execute(gone.values(message=""))


def is_pinned_message(session: Session, slack_channel: str, ts: str) -> bool:
    """Whether a message of ours is the pinned one of its channel."""
    first = outbox.find_original(session, slack_channel, ts)
    return first is not None and bool(session.scalar(select(exists().where(col(PinnedList.message) == first.key))))


def _note_unshared(work: UnitOfWork, slack_channel: str, *, unshared: bool) -> None:
    work.session.execute(update(PinnedList).where(col(PinnedList.channel) == slack_channel).values(unshared=unshared))


def user_seen(work: UnitOfWork, seen: SlackUser) -> None:
    """Keep what Slack says of a person, by which every process judges them from then on (see bot.delivery.directory).

    The audit says who of the register was deactivated, or became a guest whom it does not know as one.
    """
    before = slack_users.find(work.session, seen.slack)
    slack_users.keep(work.session, [seen])
    accounts.offer(work, seen)
    person = work.session.scalar(select(Person).where(col(Person.slack) == seen.slack))
    if person is None:
        return
    if seen.deleted and not (before and before.deleted):
        work.record("deactivated in Slack", seen.slack)
    elif seen.is_guest and not person.guest and not (before and before.is_guest):
        work.record("made a guest in Slack", seen.slack)


def _subject(slack_channel: str) -> str:
    return f"channel {slack_channel}"


def _bound(work: UnitOfWork, slack_channel: str) -> Channel | None:
    return work.session.scalar(select(Channel).where(col(Channel.slack) == slack_channel))


def _of_partner(work: UnitOfWork, user: str, contract_id: int | None) -> Person | None:
    return work.session.scalar(
        select(Person)
        .join(Contract, col(Contract.partner_id) == col(Person.organisation_id))
        .where(col(Person.slack) == user, col(Contract.id) == contract_id)
    )


def _described(work: UnitOfWork, channel: Channel) -> BoundChannel:
    contract = contract_lookup.contract_facts(work.session, channel.contract_id) if channel.contract_id else None
    return BoundChannel(channel.slack, contract, channel.audience is Audience.SHARED)


def _tell_who_can_mend(work: UnitOfWork, channel: Channel, message: Message, why: str, key: str) -> None:
    people = _who_can_mend(work, channel)
    if not people:
        log.error("there is nobody to tell of a change in channel %s", channel.slack)
    for person in people:
        about = channel.contract_id
        work.enqueue(OutgoingMessage(f"{key} {person.slack}", person.slack, Audience.INTERNAL, message, why, about))


def _who_can_mend(work: UnitOfWork, channel: Channel) -> Sequence[Person]:
    if channel.contract_id is None:
        return work.session.scalars(
            select(Person)
            .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
            .where(col(Person.administrator), is_department())
            .order_by(col(Person.id))
        ).all()
    manager = contract_lookup.person_in_role(work.session, channel.contract_id, work.today, RoleName.CONTRACT_MANAGER)
    return [manager] if manager is not None else []


def _name_of(work: UnitOfWork, team: str) -> str:
    name = work.session.scalar(
        select(col(Organisation.name))
        .join(Team, col(Team.organisation_id) == col(Organisation.id))
        .where(col(Team.slack) == team)
    )
    return name or f"An organisation that is not in the register (team {team})"
