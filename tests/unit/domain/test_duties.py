"""The duties of the Procurement Act 2023."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.duties import Duty, DutyFacts, Regime, Supplies, duties, outside_the_act

KPIS, ASSESSMENT, BREACH, CHANGE, ENDING = (
    "At least 3 KPIs",
    "Performance assessment (UK9)",
    "Breach or failure to improve (UK9)",
    "Contract change notice (UK10)",
    "Contract termination notice (UK11)",
)
CHECK = "Check with your commercial team."

PLAIN = DutyFacts(
    value=84_000_000,
    regime=Regime.ACT_2023,
    supplies=Supplies.SERVICES,
    start=date(2025, 4, 1),
    end=date(2029, 3, 31),
    kpis=3,
)

optional_days = st.none() | st.dates(date(2024, 1, 1), date(2031, 12, 31))
any_facts = st.builds(
    DutyFacts,
    value=st.integers(0, 20_000_000) | st.decimals(4_999_999, 5_000_001, places=2),
    regime=st.sampled_from(Regime),
    supplies=st.sampled_from(Supplies),
    start=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    end=st.dates(date(2027, 1, 1), date(2031, 12, 31)),
    kpis=st.integers(0, 6),
    reasons_for_fewer=st.booleans(),
    light_touch=st.booleans(),
    framework=st.booleans(),
    concession=st.booleans(),
    procurement_began=optional_days,
    last_assessed=optional_days,
    ended=optional_days,
    ended_early=st.booleans(),
)


def by_name(facts: DutyFacts) -> dict[str, Duty]:
    return {duty.name: duty for duty in duties(facts)}


def test_the_five_duties() -> None:
    assert list(by_name(PLAIN)) == [KPIS, ASSESSMENT, BREACH, CHANGE, ENDING]


@pytest.mark.parametrize(
    ("value", "over"),
    [
        (0, False),
        (4_999_999, False),
        (5_000_000, False),
        (Decimal("5000000.00"), False),
        (Decimal("5000000.01"), True),
        (5_000_001, True),
    ],
)
def test_kpis_are_needed_over_5_million_pounds(value: Decimal | int, over: bool) -> None:
    names = by_name(replace(PLAIN, value=value))
    assert (KPIS in names) == (ASSESSMENT in names) == over


@pytest.mark.parametrize(
    ("facts", "met"),
    [
        (PLAIN, True),
        (replace(PLAIN, kpis=4), True),
        (replace(PLAIN, kpis=2), False),
        (replace(PLAIN, kpis=0), False),
        (replace(PLAIN, kpis=3, reasons_for_fewer=True), True),
        (replace(PLAIN, kpis=2, reasons_for_fewer=True), None),
        (replace(PLAIN, light_touch=True), None),
        (replace(PLAIN, framework=True), None),
        (replace(PLAIN, concession=True), None),
    ],
)
def test_three_kpis_or_an_exemption(facts: DutyFacts, met: bool | None) -> None:
    names = by_name(facts)
    assert (KPIS in names) == (ASSESSMENT in names) == (met is not None)
    assert met is None or names[KPIS].met is met


def test_kpis_are_there_from_the_start() -> None:
    assert by_name(PLAIN)[KPIS].due == PLAIN.start


@pytest.mark.parametrize(
    ("last_assessed", "ended", "due", "met"),
    [
        (None, None, date(2026, 4, 1), None),  # 12 months after the start
        (date(2026, 3, 2), None, date(2027, 3, 2), None),  # 12 months after the last
        (date(2028, 2, 29), None, date(2029, 2, 28), None),
        (date(2028, 3, 31), None, date(2029, 3, 31), None),
        (date(2028, 4, 1), None, date(2029, 3, 31), None),  # at the end, before 12 months are over
        (date(2029, 3, 31), None, date(2029, 3, 31), True),
        (date(2026, 3, 2), date(2026, 9, 30), date(2026, 9, 30), False),
        (date(2026, 3, 2), date(2027, 9, 30), date(2027, 3, 2), False),  # already late when it ended
        (date(2026, 9, 29), date(2026, 9, 30), date(2026, 9, 30), False),
        (date(2026, 9, 30), date(2026, 9, 30), date(2026, 9, 30), True),
        (date(2026, 10, 5), date(2026, 9, 30), date(2026, 9, 30), True),
    ],
)
def test_performance_is_assessed_every_12_months_and_at_the_end(
    last_assessed: date | None, ended: date | None, due: date, met: bool | None
) -> None:
    duty = by_name(replace(PLAIN, last_assessed=last_assessed, ended=ended))[ASSESSMENT]
    assert (duty.due, duty.met) == (due, met)


@pytest.mark.parametrize(
    ("ended", "early", "due"),
    [
        (None, False, date(2029, 4, 29)),  # 31 March is the first of 30 days
        (date(2027, 1, 1), True, date(2027, 1, 30)),
        (date(2027, 1, 1), False, date(2027, 1, 30)),
        (None, True, None),
    ],
)
def test_an_ending_is_published_within_30_days(ended: date | None, early: bool, due: date | None) -> None:
    assert by_name(replace(PLAIN, ended=ended, ended_early=early))[ENDING].due == due


def test_an_early_ending_on_a_day_not_known_leaves_the_yearly_assessment() -> None:
    duty = by_name(replace(PLAIN, last_assessed=date(2028, 6, 1), ended_early=True))[ASSESSMENT]
    assert (duty.due, duty.met) == (date(2029, 6, 1), None)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (PLAIN, None),
        (
            replace(PLAIN, regime=Regime.REGULATIONS_2015),
            "This contract has no duties under the Procurement Act 2023, because it falls under the "
            "Public Contracts Regulations 2015.",
        ),
        (
            replace(PLAIN, procurement_began=date(2025, 2, 23)),
            "This contract has no duties under the Procurement Act 2023, because its procurement began before "
            "24 February 2025.",
        ),
        (replace(PLAIN, procurement_began=date(2025, 2, 24)), None),
        (
            replace(PLAIN, start=date(2025, 2, 23)),
            "This contract has no duties under the Procurement Act 2023, because its procurement began before "
            "24 February 2025.",
        ),
        (replace(PLAIN, start=date(2025, 2, 24)), None),
    ],
)
def test_older_procurements_have_no_duties_of_the_act(facts: DutyFacts, reason: str | None) -> None:
    assert outside_the_act(facts) == reason
    assert bool(duties(facts)) == (reason is None)


@pytest.mark.parametrize(
    ("facts", "name", "sentence"),
    [
        (
            PLAIN,
            KPIS,
            "Under the Procurement Act 2023, a contract over £5 million has at least 3 key performance indicators "
            "(KPIs), or recorded reasons for fewer.",
        ),
        (
            PLAIN,
            ASSESSMENT,
            "Under the Procurement Act 2023, assess performance against the KPIs at least every 12 months and when "
            "the contract ends, and publish the ratings of regulation 39(5) of the Procurement Regulations 2024 in "
            "a contract performance notice (UK9).",
        ),
        (
            PLAIN,
            BREACH,
            "Under the Procurement Act 2023, publish a contract performance notice (UK9) within 30 days of a breach "
            "that ends in part-termination, damages or a settlement, or of a failure to improve after a proper "
            "opportunity.",
        ),
        (
            replace(PLAIN, value=5_000_000),
            BREACH,
            "Under the Procurement Act 2023, publish a contract performance notice (UK9) within 30 days of a breach "
            "that ends in part-termination, damages or a settlement, or of a failure to improve after a proper "
            f"opportunity. {CHECK}",
        ),
        (
            PLAIN,
            CHANGE,
            "Under the Procurement Act 2023, publish a contract change notice (UK10) before a change, unless it "
            "moves the value by 10% or less or the term by 10% or less.",
        ),
        (
            replace(PLAIN, supplies=Supplies.WORKS),
            CHANGE,
            "Under the Procurement Act 2023, publish a contract change notice (UK10) before a change, unless it "
            "moves the value by 15% or less or the term by 10% or less.",
        ),
        (
            replace(PLAIN, light_touch=True),
            CHANGE,
            "Under the Procurement Act 2023, ask before a change: a light touch contract seems to need no contract "
            f"change notice (UK10). {CHECK}",
        ),
        (
            PLAIN,
            ENDING,
            "Under the Procurement Act 2023, publish a contract termination notice (UK11) within 30 days of any "
            "ending, that day included, and after the last contract performance notice (UK9). "
            f"{CHECK}",
        ),
        (
            replace(PLAIN, ended=date(2027, 1, 1), ended_early=True),
            ENDING,
            "Under the Procurement Act 2023, publish a contract termination notice (UK11) within 30 days of the "
            "early ending, that day included, and after the last contract performance notice (UK9). "
            f"{CHECK}",
        ),
    ],
)
def test_the_rules_in_words(facts: DutyFacts, name: str, sentence: str) -> None:
    assert by_name(facts)[name].sentence == sentence


@given(any_facts, st.integers(0, 20_000_000))
def test_a_higher_value_never_removes_a_duty(facts: DutyFacts, more: int) -> None:
    assert by_name(facts).keys() <= by_name(replace(facts, value=facts.value + more)).keys()


@given(any_facts)
def test_exempt_contracts_never_owe_kpis_or_assessments(facts: DutyFacts) -> None:
    exempt = facts.light_touch or facts.framework or facts.concession or (facts.kpis < 3 and facts.reasons_for_fewer)
    if exempt:
        assert not {KPIS, ASSESSMENT} & by_name(facts).keys()


@given(any_facts)
def test_no_duty_of_the_act_under_the_2015_regulations(facts: DutyFacts) -> None:
    assert duties(replace(facts, regime=Regime.REGULATIONS_2015)) == ()


@given(any_facts)
def test_a_contract_has_duties_or_a_reason_for_none(facts: DutyFacts) -> None:
    assert bool(duties(facts)) == (outside_the_act(facts) is None)


@given(any_facts)
def test_the_last_assessment_is_due_before_the_ending_is_published(facts: DutyFacts) -> None:
    names = by_name(facts)
    assessment, ending = (names[name].due if name in names else None for name in (ASSESSMENT, ENDING))
    if assessment and ending:
        assert assessment <= ending - timedelta(days=29)


@given(any_facts)
def test_what_is_not_confirmed_says_to_check(facts: DutyFacts) -> None:
    for duty in duties(facts):
        assert "Procurement Act 2023" in duty.sentence
        assert duty.sentence.endswith(CHECK) == (not duty.confirmed)
