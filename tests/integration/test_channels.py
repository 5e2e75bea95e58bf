"""Telling a partner which channel is shared with them, when it is new."""

import pytest
from sqlalchemy import delete, select
from sqlmodel import Session, col

from bot.db import Database
from bot.delivery.slack_facts import ChannelFacts
from bot.errors import UserError
from bot.identity import Denied
from bot.models import Audience, DocumentNotice, DocumentVersion, Person, Role, RoleName
from bot.services.contracts import contract_channels
from bot.services.contracts.contract_channels import Binding
from tests.builders import HOUR, MONDAY, act, contract_named

AMIRA, CALLUM, PRIYA = "U0AMIRA", "U0CALLUM", "U0PRIYA"
NORTHGATE = frozenset({"T0NORTHGATE"})
SHARED, NEW = "C0WPNENG", "C0NEW"


def facts(channel: str, outside: frozenset[str] = NORTHGATE) -> ChannelFacts:
    return ChannelFacts(channel, "wp-ne-together", True, False, False, bool(outside), outside)


def bound(session: Session, channel: str, outside: frozenset[str] = NORTHGATE) -> Binding:
    return contract_channels.bind(act(session, AMIRA), "WP-NE", facts(channel, outside))


def told(session: Session) -> list[DocumentVersion]:
    """The memos since the sample."""
    return list(session.scalars(select(DocumentVersion).where(col(DocumentVersion.issued_at) >= MONDAY)))


def test_the_partner_is_told_once_of_a_new_channel_where_its_contacts_read_it(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        binding = bound(session, NEW)
        assert (binding.instead_of, binding.tell_key) == (SHARED, contract_named(session, "WP-NE").public_id)
        assert contract_channels.channel_to_tell_of(act(session, AMIRA), binding.tell_key) == NEW
        done = contract_channels.tell_partner(act(session, AMIRA), binding.tell_key, facts(NEW))
        assert done.told == 1
        (memo,) = told(session)
        assert memo.subject == "WP-NE: our shared channel is now #wp-ne-together"
        assert "shares #wp-ne-together with you for WP-NE. " in memo.summary
        assert memo.for_information
        people = select(col(Person.slack)).join(DocumentNotice, col(DocumentNotice.person_id) == col(Person.id))
        assert session.scalars(people.where(col(DocumentNotice.version_id) == memo.id)).all() == [PRIYA]
        with pytest.raises(UserError, match="was told of it already"):
            contract_channels.tell_partner(act(session, AMIRA), binding.tell_key, facts(NEW))
        assert len(told(session)) == 1


def test_a_channel_that_came_back_is_told_of_again(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        for hours, channel in enumerate((NEW, SHARED, NEW)):
            ctx = act(session, AMIRA, MONDAY + hours * HOUR)
            binding = contract_channels.bind(ctx, "WP-NE", facts(channel))
            assert contract_channels.tell_partner(ctx, binding.tell_key, facts(channel)).told == 1


def test_what_is_not_new_to_the_partner_or_not_theirs_is_not_offered(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        again = bound(session, SHARED)
        internal = bound(session, NEW, outside=frozenset())
        assert (again.audience, again.tell_key) == (Audience.SHARED, "")
        assert (internal.audience, internal.tell_key) == (Audience.INTERNAL, "")


def test_without_anybody_to_tell_it_is_not_offered_and_is_refused(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_named(session, "WP-NE")
        contacts = (col(Role.contract_id) == contract.id, col(Role.role) == RoleName.PARTNER_CONTACT)
        session.execute(delete(Role).where(*contacts))
        assert bound(session, NEW).tell_key == ""
        with pytest.raises(UserError, match="Nobody at Northgate Futures Ltd can be told on WP-NE"):
            contract_channels.tell_partner(act(session, AMIRA), contract.public_id, facts(NEW))


def test_another_channel_since_is_not_told_of(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        key = bound(session, NEW).tell_key
        bound(session, SHARED)
        with pytest.raises(UserError, match="has changed"):
            contract_channels.tell_partner(act(session, AMIRA), key, facts(NEW))
        contract_channels.unbind(act(session, AMIRA), SHARED)
        session.flush()
        with pytest.raises(UserError, match="has no channel that is shared"):
            contract_channels.channel_to_tell_of(act(session, AMIRA), key)
        assert told(session) == []


def test_whoever_may_not_bind_channels_tells_nobody(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        key = bound(session, NEW).tell_key
        for user in (CALLUM, PRIYA):
            with pytest.raises((Denied, UserError)):
                contract_channels.channel_to_tell_of(act(session, user), key)
            with pytest.raises((Denied, UserError)):
                contract_channels.tell_partner(act(session, user), key, facts(NEW))
        assert told(session) == []
