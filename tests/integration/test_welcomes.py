"""Who got a role on a contract is welcomed to it once, in working hours, in one message."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count

from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.models import Audience, OutboxMessage, Person, Role, RoleName
from bot.services.contracts import contract_people
from bot.services.contracts.welcomes import WITHIN
from bot.services.portfolio.reading import read_bytes
from tests.builders import DAY, HOUR, MINUTE, MONDAY, act, contract_named, run_job, work
from tests.integration.test_small_writes import Killed, dying
from tests.samples import imported

LIAM, JOSEPH = "U0LIAM", "U0JOSEPH"


def welcomes(session: Session) -> Sequence[OutboxMessage]:
    found = select(OutboxMessage).where(col(OutboxMessage.template) == "people/welcome")
    return session.scalars(found.order_by(col(OutboxMessage.id))).all()


def given(session: Session, slack: str, reference: str, role: RoleName) -> Role:
    person = session.scalars(select(Person).where(col(Person.slack) == slack)).one()
    row = Role(contract_id=contract_named(session, reference).id, person_id=person.id, role=role, given_at=MONDAY)
    session.add(row)
    session.flush()
    return row


def test_the_sample_welcomes_nobody(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert run_job(session, "welcome") == 0


def test_who_is_appointed_is_welcomed_once_and_who_appoints_themselves_is_not(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        ctx = act(session, "U0AMIRA")
        facts = contract_people.people_of(ctx, "WP-NE")
        contacts = [*facts.slack_ids(RoleName.PARTNER_CONTACT), LIAM]
        wanted = {RoleName.PARTNER_CONTACT: contacts, RoleName.VIEWER: ["U0AMIRA"]}
        contract_people.appoint(ctx, facts.contract.id, wanted, [])
        assert run_job(session, "welcome", MONDAY - HOUR) == 0
        assert run_job(session, "welcome") == 1
        assert run_job(session, "welcome") == 0
        (message,) = welcomes(session)
        assert (message.channel, message.audience, message.contract_id) == (LIAM, Audience.SHARED, facts.contract.id)
        said = str(message.blocks)
        for part in ("partner contact", "Contract manager: Amira Shah", "working day 3", "<#C0WPNENG>"):
            assert part in said
        assert "gold" not in said, "nothing of the department's"
        contract_people.appoint(ctx, facts.contract.id, {RoleName.PARTNER_CONTACT: contacts[:-1]}, [])
        later = act(session, "U0AMIRA", MONDAY + HOUR)
        contract_people.appoint(later, facts.contract.id, {RoleName.PARTNER_CONTACT: contacts}, [])
        assert run_job(session, "welcome", MONDAY + HOUR) == 0, "once for each role on a contract"


def test_what_somebody_got_at_one_time_is_one_message(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        for reference, role in (("WP-NE", RoleName.VIEWER), ("HA-EW", RoleName.SENIOR_OWNER)):
            given(session, JOSEPH, reference, role)
        assert run_job(session, "welcome") == 1
        (message,) = welcomes(session)
        assert message.audience is Audience.INTERNAL
        assert "and have 1 other new role" in message.text


def test_too_late_ended_or_of_another_organisation_gets_none(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        old = given(session, JOSEPH, "WP-NE", RoleName.VIEWER)
        old.given_at = MONDAY - WITHIN - MINUTE
        given(session, JOSEPH, "HA-EW", RoleName.VIEWER)
        contract_named(session, "HA-EW").end_date = (MONDAY - DAY).date()
        given(session, LIAM, "WP-NE", RoleName.VIEWER)  # by mistake: he is not of the department
        assert run_job(session, "welcome") == 0


def test_an_import_welcomes_each_person_once(unchanged: Database) -> None:
    roles = [
        f"  - {{contract: {reference}, person: {JOSEPH}, role: viewer}}\n" for reference in ("WP-NE", "HA-EW", "IT-CH")
    ]
    with unchanged.rehearsing() as session:
        for reference in ("WP-NE", "HA-EW"):
            contract_named(session, reference).sample = False
        session.flush()
        imported(work(session), read_bytes("roles.yaml", f"roles:\n{''.join(roles)}".encode()))
        session.expire_all()
        assert run_job(session, "welcome", MONDAY + timedelta(minutes=5)) == 1
        (message,) = welcomes(session)
        assert "IT-CH" not in str(message.blocks), "a sample"
        assert "HA-EW" in str(message.blocks)


def test_a_run_that_ends_between_two_writes_is_finished_by_the_next(unchanged: Database) -> None:
    def prepared(session: Session) -> None:
        given(session, JOSEPH, "WP-NE", RoleName.VIEWER)
        given(session, LIAM, "WP-NE", RoleName.PARTNER_CONTACT)

    for after in count():
        with unchanged.rehearsing() as session:
            prepared(session)
            try:
                run_job(session, "welcome", on=dying(after))
            except Killed:
                run_job(session, "welcome")
            else:
                break
            assert sorted(row.channel for row in welcomes(session)) == [JOSEPH, LIAM], f"after {after} writes"
    assert after == 2
