"""What the days of a risk send up: its review, its actions, its nearness; and when that is over."""

from bot.db import Database
from bot.domain.escalation_triggers import Trigger
from bot.domain.risk_rules import BandStarts, RiskCategory, RiskRules
from bot.domain.scores import Band, Impact, Likelihood
from bot.models import (
    Absence,
    ActionItem,
    EscalationEnd,
    Risk,
    RiskStatus,
    Role,
    RoleName,
)
from bot.services.lookup import risks as risk_lookup
from bot.services.risks import risk_review
from bot.services.risks.risks import RiskEntry, raise_risk
from tests.builders import DAY, HOUR, MONDAY, act, run_job
from tests.integration.escalating import TODAY, asked, at, gone_on, opened, person, quiet, risk_on


def test_a_review_that_is_overdue_goes_to_the_owner_and_no_further_up_than_the_head(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        risk = risk_on(session, quiet(session), review_on=TODAY)
        assert [run_job(session, "escalate", at(0)), run_job(session, "escalate", at(1))] == [0, 1]
        (escalation,) = opened(session)
        assert escalation.why == "Its review was due on 4 January 2027."
        people = [asked(session, escalation)]
        for hours in range(1, 100):
            if gone_on(session, at(1) + hours * HOUR):
                people.append(asked(session, escalation))
        assert people == ["Rhian Pritchard", "Amira Shah", "Nadia Rahman"]
        doing = act(session, "U0AMIRA", at(8))
        risk_review.review(doing, risk.public_id, Likelihood.POSSIBLE, Impact.MINOR, "Looked at again")
        assert escalation.ended_because is EscalationEnd.FALLEN


def test_an_action_overdue_and_nearness_send_a_risk_up_until_something_is_done(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = quiet(session)
        risk = risk_on(session, contract)
        item = ActionItem(
            contract_id=contract,
            risk_id=risk.id,
            what="Recruit",
            owner_id=risk.owner_id,
            due_on=TODAY,
            added_by_id=risk.owner_id,
            added_at=MONDAY,
        )
        session.add(item)
        assert run_job(session, "escalate", at(1)) == 1
        item.done_on, item.done_by_id = TODAY + DAY, risk.owner_id
        assert run_job(session, "escalate", at(1, 10)) == 1
        risk.proximity_on = TODAY + 20 * DAY
        assert run_job(session, "escalate", at(1, 11)) == 1
        late, near = opened(session)
        assert (late.trigger, near.trigger) == (Trigger.ACTION_OVERDUE, Trigger.NEAR)
        assert near.why == "It could happen on 24 January 2027, within 30 days, and has no open action."
        item.done_on, item.done_by_id, item.due_on = None, None, TODAY + 10 * DAY
        assert run_job(session, "escalate", at(1, 12)) == 1
        assert [each.ended_because for each in opened(session)] == [EscalationEnd.SETTLED] * 2


def test_a_low_risk_and_one_that_has_happened_are_not_sent_up_by_their_days(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        risk = risk_on(session, quiet(session), review_on=TODAY, likelihood=1, impact=1)
        assert run_job(session, "escalate", at(1)) == 0
        risk.likelihood, risk.impact, risk.status, risk.happened = 3, 3, RiskStatus.ISSUE, "They left"
        assert run_job(session, "escalate", at(1)) == 0


def test_a_risk_that_a_file_closed_or_that_new_rules_accept_is_over(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract, doing = quiet(session), act(session, "U0AMIRA")
        for title in ("Advisers leave", "Rent rises"):
            raise_risk(doing, RiskEntry("WP-NE", title, Likelihood.LIKELY, Impact.MAJOR))
        first, second = opened(session)
        assert run_job(session, "escalate", at(0, 10)) == 0, "they stand where they stood"
        closed = session.get_one(Risk, first.subject_id)
        closed.status, closed.closed_on, closed.closing_reason = RiskStatus.CLOSED, TODAY, "The file says so"
        assert run_job(session, "escalate", at(0, 11)) == 1
        lenient = RiskRules(BandStarts(very_high=20), appetite=dict.fromkeys(RiskCategory, Band.VERY_HIGH))
        risk_lookup.change_rules(act(session, "U0NADIA"), lenient)
        assert run_job(session, "escalate", at(0, 12)) == 1
        assert [each.ended_because for each in (first, second)] == [EscalationEnd.CLOSED, EscalationEnd.FALLEN]
        assert contract == first.contract_id


def test_a_deputy_is_asked_while_a_risks_owner_is_away(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        risk = risk_on(session, quiet(session), review_on=TODAY)
        role = session.get_one(Role, (risk.contract_id, risk.owner_id, RoleName.PERFORMANCE_MANAGER))
        role.deputy_id = person(session, "U0CALLUM").id
        session.add(Absence(person_id=risk.owner_id, first_day=TODAY, last_day=TODAY + 3 * DAY))
        assert run_job(session, "escalate", at(1)) == 1
        assert [asked(session, each) for each in opened(session)] == ["Callum Reid"]
