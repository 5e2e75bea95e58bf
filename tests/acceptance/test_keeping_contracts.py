"""Keeping contracts in Slack: a new one, a change, a stage, people and deputies, channels, duties, history."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.models import Audience, Channel, Contract, Person, Role, RoleName, Stage, TrailEntry
from tests.acceptance.office import (
    AMIRA,
    CALLUM,
    HELEN,
    MARTHA,
    NORTH_EAST,
    NORTH_EAST_SHARED,
    PORTFOLIO,
    PRIYA,
    Office,
    words,
)
from tests.builders import MINUTE
from workspace.client.control import Control
from workspace.client.person import Value

NADIA, JOSEPH, LIAM, GRACE = "U0NADIA", "U0JOSEPH", "U0LIAM", "U0GRACE"
NEW: Mapping[str, Value] = {
    "reference": "wp-nw",
    "title": "Work Pathways, North West",
    "partner": "northgate",
    "start": "2027-04-01",
    "end": "2031-03-31",
    "longest_end": "2033-03-31",
    "nation": "England and Wales",
    "tier": "gold",
    "value": "£61.5 million",
    "value_with_vat": "73,800,000",
    "service_credit_cap": "12.5%",
}


def find(session: Session, reference: str) -> Contract:
    return session.scalars(select(Contract).where(col(Contract.reference) == reference)).one()


def holders(office: Office, reference: str) -> set[tuple[str, str, str | None]]:
    def query(session: Session) -> set[tuple[str, str, str | None]]:
        people = {person.id: person.slack for person in session.scalars(select(Person))}
        roles = session.scalars(select(Role).where(col(Role.contract_id) == find(session, reference).id))
        return {(role.role.value, people[role.person_id], people.get(role.deputy_id or 0)) for role in roles}

    return office.read(query)


def history(office: Office, user: str, reference: str) -> str:
    (answer,) = office.person(user).command(f"/contract history {reference}", channel=PORTFOLIO)
    return answer.plain


def test_a_new_contract_has_its_manager_its_first_report_and_its_history(office: Office) -> None:
    amira = office.person(AMIRA)
    assert amira.command("/contract new", channel=NORTH_EAST) == []
    done = amira.submit(amira.modal(title="New contract"), NEW)
    assert "is in the register, and you are its contract manager." in words(done.view)
    kept = office.read(lambda session: find(session, "WP-NW"))
    assert (kept.value_pounds, kept.value_with_vat_pounds, str(kept.service_credit_cap)) == (61500000, 73800000, "12.5")
    assert (kept.next_period, kept.stage, kept.form.value) == ("2027-04", Stage.LIVE, "contract")
    assert holders(office, "WP-NW") == {("contract manager", AMIRA, None)}
    assert "Amira Shah: contract added" in history(office, AMIRA, "WP-NW")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"reference": "WP-NE"}, "reference", "Another contract has the reference WP-NE."),
        ({"reference": "work pathways"}, "reference", "“work pathways” cannot be read here. Use up to 20 letters"),
        ({"end": "2027-04-01"}, "end", "The end, 1 April 2027, is not after the start, 1 April 2027."),
        ({"longest_end": "2031-03-30"}, "longest_end", "The longest possible end, 30 March 2031, is before the end"),
        ({"value": "lots"}, "value", "“lots” is not a sum in pounds."),
        ({"value_with_vat": "61,499,999"}, "value_with_vat", "£61,499,999 with VAT is less than £61,500,000 without."),
        ({"service_credit_cap": "a tenth"}, "service_credit_cap", "Enter a percentage, for example 97.2%."),
        ({"tier": "\u200b"}, "tier", "Tier is needed. Your own label for how closely you manage it, such as gold."),
        ({"purpose": "For AB 12 34 56 C"}, "purpose", "This seems to hold a National Insurance number."),
    ],
)
def test_a_contract_that_makes_no_sense_is_refused_under_its_field(
    http_office: Office, changes: dict[str, Value], field: str, sentence: str
) -> None:
    amira = http_office.person(AMIRA)
    amira.command("/contract new", channel=NORTH_EAST)
    refused = amira.submit(amira.modal(), {**NEW, **changes})
    assert sentence in refused.errors[field]
    assert http_office.read(lambda session: len(session.scalars(select(Contract)).all())) == 12


def test_a_change_says_what_it_was_what_it_became_and_why(office: Office) -> None:
    amira = office.person(AMIRA)
    assert amira.command("/contract edit WP-NE", channel=PORTFOLIO) == []
    form = amira.modal(title="Change a contract")
    assert form.values["title"]["entered"] == "Work Pathways, North East"
    entered = {"value": "£90,000,000.49", "tier": "platinum", "finding_respond_days": "15", "visit_months": "3"}
    done = amira.submit(form, {**entered, "why": "Indexation for 2027"})
    assert "£90,000,000.49 is kept as £90,000,000." in words(done.view)
    assert "Value in pounds, without VAT: from 84,000,000 to 90,000,000" in words(done.view)
    assert "Tier: from gold to platinum" in words(done.view)
    assert office.read(lambda session: find(session, "WP-NE").value_pounds) == 90_000_000
    told = history(office, HELEN, "WP-NE")
    assert "Working days to respond to a finding: from 10 to 15" in told
    assert "Months between visits: from 6 to 3" in told
    assert "Amira Shah: contract changed" in told
    assert "Value in pounds, without VAT: from 84,000,000 to 90,000,000" in told
    assert "Why: Indexation for 2027" in told
    amira.command("/contract edit WP-NE", channel=PORTFOLIO)
    unchanged = amira.submit(amira.modal(title="Change a contract"))
    assert unchanged.view is not None
    assert unchanged.view.title == "Nothing changed"


def test_a_change_of_a_contract_under_the_act_says_whether_it_is_to_be_published(http_office: Office) -> None:
    amira = http_office.person(AMIRA)
    amira.command("/contract new", channel=NORTH_EAST)
    amira.submit(amira.modal(), NEW)
    amira.command("/contract edit WP-NW", channel=PORTFOLIO)
    done = amira.submit(amira.modal(title="Change a contract"), {"value": "70 million"})
    assert "The value rises from £61.5 million to £70 million" in words(done.view)
    assert "Check with your commercial team." in words(done.view)


def test_who_comes_second_is_shown_what_the_first_changed_and_chooses(office: Office) -> None:
    amira, nadia = office.person(AMIRA), office.person(NADIA)
    amira.command("/contract edit WP-NE", channel=PORTFOLIO)
    nadia.command("/contract edit WP-NE", channel=PORTFOLIO)
    nadia.submit(nadia.modal(), {"tier": "silver"})
    asked = amira.submit(amira.modal(), {"tier": "bronze"}).view
    assert "Nadia Rahman changed WP-NE on 4 January 2027 at 9am" in words(asked)
    assert "Tier: from gold to silver" in words(asked)
    assert office.read(lambda session: find(session, "WP-NE").tier) == "silver"
    assert asked is not None
    assert asked.values["tier"]["entered"] == "bronze", "what was entered stands there as it was"
    done = amira.submit(asked, {"crossing": "mine"})
    assert "from silver to bronze" in words(done.view)
    assert office.read(lambda session: find(session, "WP-NE").tier) == "bronze"


@pytest.mark.parametrize(
    ("typed", "channel", "became"),
    [
        ("stage WP-NE exit because the service closes", PORTFOLIO, Stage.EXIT),
        ("stage change or extension", NORTH_EAST, Stage.CHANGE),
        ("stage pathways mobilisation", PORTFOLIO, Stage.MOBILISATION),
    ],
)
def test_a_contract_moves_to_another_stage(office: Office, typed: str, channel: str, became: Stage) -> None:
    (answer,) = office.person(AMIRA).command(f"/contract {typed}", channel=channel)
    assert f"WP-NE moved from live delivery to {became}." in answer.plain
    assert office.read(lambda session: find(session, "WP-NE").stage) is became
    assert f"Stage: from live delivery to {became}" in history(office, AMIRA, "WP-NE")
    if "because" in typed:
        assert "Why: the service closes" in history(office, AMIRA, "WP-NE")


def test_a_stage_is_chosen_in_a_form_and_a_wrong_one_is_answered_with_the_nearest(office: Office) -> None:
    amira = office.person(AMIRA)
    (answer,) = amira.command("/contract stage WP-NE exti", channel=PORTFOLIO)
    assert "“exti” is not a stage. Did you mean exit?" in answer.plain
    assert amira.command("/contract stage WP-NE", channel=PORTFOLIO) == []
    done = amira.submit(amira.modal(title="Change the stage"), {"stage": "exit", "why": "The service closes"})
    assert "Stage: from live delivery to exit" in words(done.view)


def test_people_are_appointed_by_picking_them_and_who_is_new_is_added(office: Office) -> None:
    amira = office.person(AMIRA)
    (shown,) = amira.command("/contract people WP-NE", channel=PORTFOLIO)
    assert "senior owner" in shown.plain
    amira.click(shown, "Change who does what")
    picked = {"role_contract_manager": [AMIRA, CALLUM], "role_viewer": [MARTHA], "role_partner_contact": [PRIYA, LIAM]}
    done = amira.submit(amira.modal(title="Who does what"), picked)
    assert done.errors == {}
    assert holders(office, "WP-NE") == {
        ("contract manager", AMIRA, CALLUM),
        ("contract manager", CALLUM, None),
        ("head of contract management", NADIA, None),
        ("senior owner", HELEN, JOSEPH),
        ("viewer", MARTHA, None),
        ("partner contact", PRIYA, LIAM),
        ("partner contact", LIAM, None),
    }
    added = office.read(lambda s: s.scalars(select(Person).where(col(Person.slack) == MARTHA)).one())
    assert added.name == "Martha Quill"
    assert "Viewer: from nobody to Martha Quill" in history(office, AMIRA, "WP-NE")
    (card,) = office.person(MARTHA).command("/contract show WP-NE", channel="C0HELP")
    assert "Work Pathways, North East" in card.plain
    (refused,) = office.person(MARTHA).command("/contract edit WP-NE", channel="C0HELP")
    assert "You do not have a role on this contract that lets you do that" in refused.plain


@pytest.mark.parametrize(
    ("field", "user", "sentence"),
    [
        ("role_viewer", PRIYA, "Priya Nair does not work for Department for Opportunity."),
        ("role_partner_contact", GRACE, "Grace Ellery does not work for Northgate Futures Ltd"),
        ("role_partner_contact", MARTHA, "Martha Quill works for Department for Opportunity, as Slack says."),
        ("role_senior_owner", "U0LIAISON", "has no active Slack account"),
    ],
)
def test_who_cannot_have_a_role_is_refused_under_its_field(
    http_office: Office, field: str, user: str, sentence: str
) -> None:
    amira = http_office.person(AMIRA)
    (shown,) = amira.command("/contract people WP-NE", channel=PORTFOLIO)
    amira.click(shown, "Change who does what")
    before = holders(http_office, "WP-NE")
    refused = amira.submit(amira.modal(), {field: [user]})
    assert sentence in refused.errors[field]
    assert holders(http_office, "WP-NE") == before


def test_a_person_with_no_slack_account_any_more_is_refused(http_office: Office) -> None:
    amira = http_office.person(AMIRA)
    (shown,) = amira.command("/contract people WP-NE", channel=PORTFOLIO)
    amira.click(shown, "Change who does what")
    with Control(http_office.workspace_url) as control:
        control.deactivate(MARTHA)
    refused = amira.submit(amira.modal(), {"role_viewer": [MARTHA]})
    assert refused.errors.keys() == {"role_viewer"} or refused.failure


def test_a_deputy_is_set_for_each_holder(office: Office) -> None:
    amira = office.person(AMIRA)
    (shown,) = amira.command("/contract people WP-NE", channel=PORTFOLIO)
    amira.click(shown, "Change deputies")
    form = amira.modal(title="Deputies")
    fields = {block["label"]["text"]: block["block_id"] for block in form.blocks if block["type"] == "input"}
    refused = amira.submit(form, {fields["Deputy of Helen Marsh, senior owner"]: HELEN})
    assert list(refused.errors.values()) == ["Helen Marsh cannot stand in for themselves. Choose somebody else."]
    done = amira.submit(
        amira.modal(title="Deputies"),
        {
            fields["Deputy of Helen Marsh, senior owner"]: MARTHA,
            fields["Deputy of Priya Nair, partner contact"]: "",
        },
    )
    assert done.errors == {}
    assert ("senior owner", HELEN, MARTHA) in holders(office, "WP-NE")
    assert ("partner contact", PRIYA, None) in holders(office, "WP-NE")
    assert "Deputy of Helen Marsh (senior owner): from Joseph Adeyemi to Martha Quill" in history(
        office, AMIRA, "WP-NE"
    )


def bound(office: Office) -> dict[str, tuple[str | None, Audience]]:
    def query(session: Session) -> dict[str, tuple[str | None, Audience]]:
        references = {contract.id: contract.reference for contract in session.scalars(select(Contract))}
        channels = session.scalars(select(Channel))
        return {row.slack: (references.get(row.contract_id or 0), row.audience) for row in channels}

    return office.read(query)


def test_a_channel_is_bound_as_what_it_is_and_let_go(office: Office) -> None:
    amira = office.person(AMIRA)
    (taken,) = amira.command("/contract channel DE-SW", channel=NORTH_EAST)
    assert (
        "This channel is bound to WP-NE already. To let it go first, type /contract channel none here." in taken.plain
    )
    (free,) = amira.command("/contract channel none", channel=NORTH_EAST)
    assert "This channel is no longer bound to WP-NE." in free.plain
    assert NORTH_EAST not in bound(office)
    (again,) = amira.command("/contract channel WP-NE", channel=NORTH_EAST)
    assert "own channel for WP-NE" in again.plain
    (shared,) = amira.command("/contract channel WP-NE", channel=NORTH_EAST_SHARED)
    assert "This is now the channel of WP-NE that you share with the partner" in shared.plain
    assert bound(office)[NORTH_EAST] == ("WP-NE", Audience.INTERNAL)
    assert bound(office)[NORTH_EAST_SHARED] == ("WP-NE", Audience.SHARED)
    assert "Internal channel: from C0WPNE to nothing" in history(office, AMIRA, "WP-NE")


def test_a_new_shared_channel_is_told_to_the_partner_with_one_button_of_the_answer(office: Office) -> None:
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    amira.command("/contract channel none", channel=NORTH_EAST_SHARED)
    (answer,) = amira.command("/contract channel WP-NE", channel=NORTH_EAST_SHARED)
    amira.click(answer, "Tell the partner")
    done = "The partner is told: 1 person gets a message."
    amira.wait(lambda each: done in each.messages(NORTH_EAST_SHARED)[-1].plain)
    (said,) = [each for each in amira.messages(NORTH_EAST_SHARED) if done in each.plain]
    assert "This is now the channel of WP-NE that you share with the partner" in said.plain
    assert "channel_tell" not in str(said.blocks), "one press is enough"
    office.run("documents")
    office.deliver()
    (memo,) = [each for each in priya.direct_messages() if "our shared channel" in each.plain]
    assert "WP-NE: our shared channel is now #wp-ne-northgate" in memo.plain
    assert "The department shares #wp-ne-northgate with you for WP-NE. Liaison asks for reports" in memo.plain
    office.clock.advance(MINUTE)
    (again,) = amira.command("/contract channel WP-NE", channel=NORTH_EAST_SHARED)
    assert "channel_tell" not in str(again.blocks), "it is not new any more"


def test_a_channel_that_others_read_is_not_bound(office: Office) -> None:
    amira, nadia = office.person(AMIRA), office.person(NADIA)
    amira.command("/contract channel none", channel=NORTH_EAST)
    with Control(office.workspace_url) as control:
        control.share(NORTH_EAST, GRACE)  # of another partner
    (refused,) = amira.command("/contract channel WP-NE", channel=NORTH_EAST)
    assert (
        "Organisations that are not Northgate Futures Ltd, the partner of WP-NE, are in this channel" in refused.plain
    )
    assert NORTH_EAST not in bound(office)
    (outside,) = nadia.command("/contract channel WP-NE", channel="C0GENERAL")
    assert "Liaison is not in this channel, so could not post here. Type /invite @Liaison" in outside.plain
    assert "C0GENERAL" not in bound(office)


def test_the_duties_of_a_contract_and_why_it_has_none(office: Office) -> None:
    amira = office.person(AMIRA)
    (none,) = amira.command("/contract duties", channel=NORTH_EAST)
    assert "it falls under the Public Contracts Regulations 2015" in none.plain
    amira.command("/contract new", channel=NORTH_EAST)
    amira.submit(amira.modal(), NEW)
    (duties,) = amira.command("/contract duties WP-NW", channel=NORTH_EAST)
    assert "At least 3 KPIs" in duties.plain
    assert "not met" in duties.plain
    assert "Check with your commercial team." in duties.plain


def test_history_is_turned_in_place(office: Office) -> None:
    amira = office.person(AMIRA)
    for number in range(9):
        amira.command(f"/contact call WP-NE Call number {number}", channel=NORTH_EAST)
    (first,) = amira.command("/contract history WP-NE", channel=PORTFOLIO)
    assert "page 1 of " in first.plain
    assert "Call number" not in first.plain, "what was said stands in the contact log"
    amira.click(first, "Earlier")
    second = amira.wait(lambda p: next((m for m in p.messages(PORTFOLIO) if "page 2 of " in m.plain), None))
    assert second.ts == first.ts
    assert "Why: import of portfolio.yaml" in second.plain
    amira.click(second, "Later")
    amira.wait(lambda p: any("page 1 of " in m.plain for m in p.messages(PORTFOLIO)))


def test_a_partner_may_keep_nothing_and_every_refusal_is_audited(http_office: Office) -> None:
    """Callum has no role on WP-NE: nothing that he types changes it, and each try is kept."""
    callum = http_office.person(CALLUM)
    tries = ["edit WP-NE", "stage WP-NE exit", "people WP-NE", "channel WP-NE", "duties WP-NE", "history WP-NE"]
    for tried in tries:
        (answer,) = callum.command(f"/contract {tried}", channel="C0HELP")
        assert "No contract of yours fits “WP-NE”." in answer.plain
    refused = http_office.read(
        lambda s: s.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "refused").order_by(col(TrailEntry.id))
        ).all()
    )
    assert [entry.actor for entry in refused] == [CALLUM] * len(tries)
    assert {role for role, _, _ in holders(http_office, "WP-NE")} >= {RoleName.CONTRACT_MANAGER.value}
