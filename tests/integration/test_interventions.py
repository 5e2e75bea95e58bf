"""An intervention is handed over by whoever may enter its level, and what does not fit changes nothing."""

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.intervention_cycle import InterventionEvent
from bot.errors import UserError
from bot.identity import Denied
from bot.models import Intervention, InterventionEntry, OutboxMessage, Person
from bot.services.remedies import intervention_steps, interventions
from bot.services.remedies.interventions import InterventionToEnter
from tests.builders import MONDAY, act, contract_named

AMIRA, NADIA, HELEN, PRIYA, CALLUM = "U0AMIRA", "U0NADIA", "U0HELEN", "U0PRIYA", "U0CALLUM"
TODAY, WHY = MONDAY.date(), "Away until May"


def entered(session: Session, level: int, by: str, area: str = "Boards") -> Intervention:
    entry = InterventionToEnter(level, "", area, "Two were missed", by, "3 in a row", None)
    return interventions.enter(act(session, by), contract_named(session, "WP-NE").public_id, entry).row


@pytest.mark.parametrize(
    ("level", "by", "who", "lead", "refused", "sentence"),
    [
        (3, NADIA, AMIRA, AMIRA, Denied, "You do not have a role on this contract"),
        (4, HELEN, NADIA, NADIA, Denied, "You do not have a role on this contract"),
        (2, AMIRA, PRIYA, NADIA, Denied, "You do not have"),
        (2, AMIRA, NADIA, AMIRA, UserError, "Choose somebody else of the department"),
        (2, AMIRA, NADIA, PRIYA, UserError, "Choose somebody else of the department"),
        (2, AMIRA, NADIA, "", UserError, "Choose somebody else of the department"),
    ],
)
def test_who_may_not_and_a_lead_who_does_not_fit_change_nothing(
    unchanged: Database, level: int, by: str, who: str, lead: str, refused: type[UserError], sentence: str
) -> None:
    with unchanged.rehearsing() as session:
        row = entered(session, level, by)
        with pytest.raises(refused, match=sentence):
            intervention_steps.hand_over(act(session, who), row.public_id, lead, WHY)
        session.expire_all()
        assert session.get_one(Person, row.lead_id).slack == by
        assert session.scalars(select(InterventionEntry).where(col(InterventionEntry.words) == WHY)).all() == []


def test_one_that_was_left_is_handed_to_nobody(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row = entered(session, 2, AMIRA)
        intervention_steps.follow(act(session, AMIRA), row.public_id, InterventionEvent.LEFT, "It is over", TODAY)
        with pytest.raises(UserError, match="This intervention is left, so it cannot be handed over"):
            intervention_steps.hand_over(act(session, NADIA), row.public_id, NADIA, WHY)


def test_both_leads_are_told_and_whoever_does_it_is_not(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row = entered(session, 1, AMIRA)
        for who, lead, told in ((NADIA, HELEN, [AMIRA, HELEN]), (NADIA, NADIA, [HELEN]), (NADIA, AMIRA, [AMIRA])):
            before = {each.id for each in session.scalars(select(OutboxMessage))}
            intervention_steps.hand_over(act(session, who), row.public_id, lead, WHY)
            new = [each for each in session.scalars(select(OutboxMessage)) if each.id not in before]
            assert sorted(each.channel for each in new) == sorted(told)
