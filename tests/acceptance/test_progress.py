"""Monthly reports: the prompt, the partner's form, and what everyone sees of the figures."""

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.models import Contract, Kpi, Reading, Report
from tests.acceptance.office import AMIRA, NORTH_EAST, NORTH_EAST_SHARED, PORTFOLIO, PRIYA, TOMASZ, Office, words
from workspace import Person
from workspace.client.person import Message, Modal


def test_a_prompt_stands_in_the_shared_channel_and_its_form_shows_the_kpis_units_and_targets(office: Office) -> None:
    priya = office.person(PRIYA)
    prompt = _prompted(office, priya)
    assert "Due 6 January 2027" in prompt.plain
    form = _opened(priya, prompt)
    said = words(form)
    for expected in ("Starts within 15 working days (%)", "Good is 99% or more", "Job outcomes against profile (%)"):
        assert expected in said


def test_the_figures_come_back_rated_and_both_channels_show_them(office: Office) -> None:
    priya = office.person(PRIYA)
    form = _opened(priya, _prompted(office, priya))
    assert "You can give both of its parts, for example 972/1000" in words(form)
    starts, outcomes = _fields(form)
    sent = priya.submit(
        form, {starts: "972 / 1,000", outcomes: "84", "narrative": "Two advisers left <in> December & more"}
    )
    office.deliver()
    for said in (
        words(sent.view),
        "\n".join(m.plain for m in priya.messages(NORTH_EAST_SHARED)),
        "\n".join(m.plain for m in office.person(AMIRA).messages(NORTH_EAST)),
    ):
        said = said.replace("*", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        assert "Starts within 15 working days: Approaching target, 97.2% (972 of 1,000) against 99%" in said
        assert "Job outcomes against profile: Inadequate, 84% against 100%" in said
        assert "Two advisers left <in> December & more" in said
    assert len(priya.messages(NORTH_EAST_SHARED)) == 1, "the prompt is updated in place"
    assert office.read(_ratings) == {"starts": "Approaching target", "outcomes": "Inadequate"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("12,5", "12.5"),
        ("97.2 days", "percentage"),
        ("lots", "for example"),
        ("-3", "for example"),
        ("84 over 340", "for example 972/1000"),
    ],
)
def test_a_figure_that_cannot_be_read_stands_under_its_field_and_the_rest_is_kept(
    office: Office, typed: str, said: str
) -> None:
    priya = office.person(PRIYA)
    form = _opened(priya, _prompted(office, priya))
    starts, outcomes = _fields(form)
    refused = priya.submit(form, {starts: "97.2", outcomes: typed})
    assert list(refused.errors) == [outcomes]
    assert said in refused.errors[outcomes]
    assert office.read(_ratings) == {}
    accepted = priya.submit(priya.modal(), {starts: "97.2", outcomes: "101"})
    assert "Report sent" in words(accepted.view) or accepted.view is not None
    assert office.read(_ratings) == {"starts": "Approaching target", "outcomes": "Good"}


def test_a_report_with_no_figure_at_all_is_refused_and_one_left_out_is_other(office: Office) -> None:
    priya = office.person(PRIYA)
    form = _opened(priya, _prompted(office, priya))
    starts, _ = _fields(form)
    refused = priya.submit(form, {})
    assert "Give at least one figure" in refused.errors[starts]
    priya.submit(priya.modal(), {starts: "99"})
    assert office.read(_ratings) == {"starts": "Good", "outcomes": "Other"}


def test_the_partners_red_amber_or_green_needs_its_reason_and_its_path_and_says_whose_it_is(office: Office) -> None:
    priya = office.person(PRIYA)
    form = _opened(priya, _prompted(office, priya))
    starts, outcomes = _fields(form)
    assert "Target: 99%. November 2026: " in words(form)
    refused = priya.submit(form, {starts: "many", outcomes: "12,5", "rag": "Amber"})
    assert list(refused.errors) == [starts, outcomes, "rag_reason", "path_to_green"], "every field at once"
    assert refused.errors["rag_reason"] == "Say why it is amber."
    refused = priya.submit(
        priya.modal(), {starts: "99", outcomes: "", "rag": "Amber", "rag_reason": "Two posts are empty"}
    )
    assert list(refused.errors) == ["path_to_green"]
    path = {"path_to_green": "Both start on 18 January", "evidence": "https://northgate.example/december"}
    sent = priya.submit(priya.modal(), {starts: "99", "rag": "Amber", "rag_reason": "Two posts are empty", **path})
    office.deliver()
    (card,) = office.person(AMIRA).command("/progress show WP-NE", channel=PORTFOLIO)
    notice = [m.plain for m in office.person(AMIRA).messages(NORTH_EAST) if "December 2026" in m.plain]
    for said in (words(sent.view), priya.messages(NORTH_EAST_SHARED)[0].plain, card.plain, notice[-1]):
        said = said.replace("*", "")
        assert "Red, amber or green (RAG), as Northgate Futures Ltd sees it: Amber" in said
        assert "Why: Two posts are empty" in said
        assert "Path to green: Both start on 18 January" in said
        assert "Evidence: https://northgate.example/december" in said


def test_a_manager_reports_in_one_line_and_by_choosing_a_contract(office: Office) -> None:
    amira = office.person(AMIRA)
    (answer,) = amira.command(
        '/progress report WP-NE starts=97.2 "Job outcomes against profile"=88%', channel=PORTFOLIO
    )
    assert "Requires improvement, 88% against 100%" in answer.plain
    assert office.read(_ratings) == {"starts": "Approaching target", "outcomes": "Requires improvement"}
    amira.command("/progress", channel=PORTFOLIO)
    chosen = amira.submit(amira.modal(), {"contract": "SE-CW"})
    assert chosen.view is not None
    assert chosen.view.title == "Report: November 2026", "the oldest report that is awaited"


def test_a_figure_that_is_far_from_the_accepted_ones_is_asked_about_in_the_form_and_after_a_line(
    office: Office,
) -> None:
    priya, amira = office.person(PRIYA), office.person(AMIRA)
    form = _opened(priya, _prompted(office, priya))
    starts, outcomes = _fields(form)
    asked = priya.submit(form, {starts: "0.993", outcomes: "98"}).view
    assert (
        "Starts within 15 working days: 0.993%, and the last 4 accepted were 99% to 99.4%. Did you mean 99.3%?"
        in words(asked)
    )
    assert office.read(_ratings) == {}, "nothing is recorded before the answer"
    again = priya.submit(priya.modal(), {starts: "0.993", outcomes: "980", **_confirmed(priya)}).view
    assert "Job outcomes against profile: 980%, and the last 4 accepted were" in words(again), (
        "what came since is asked"
    )
    assert office.read(_ratings) == {}
    priya.submit(priya.modal(), {starts: "97.2", outcomes: "98"})
    assert office.read(_ratings) == {"starts": "Approaching target", "outcomes": "Approaching target"}
    assert amira.command("/progress report DE-SW starts = 7.9, backlog=2", channel=PORTFOLIO) == []
    line = amira.modal()
    assert "Starts per referral: 7.9%, and the last" in words(line)
    sent = amira.submit(line, _confirmed(amira))
    assert "7.9% against 80%" in words(sent.view)


def _confirmed(person: Person) -> dict[str, list[str]]:
    """The answer that the figures of the question are right."""
    names = [block.get("block_id", "") for block in person.modal().blocks]
    (box,) = [name for name in names if name.startswith("figures_confirmed:")]
    return {box: ["figures_confirmed"]}


def test_the_late_report_is_asked_for_and_says_how_late_it_is(office: Office) -> None:
    office.run("prompt")
    office.deliver()
    tomasz = office.person(TOMASZ)
    prompts = [m.plain for m in tomasz.messages("C0SECWCC")] if _has(tomasz, "C0SECWCC") else []
    late = [plain for plain in prompts if "November 2026" in plain]
    assert late, "the channel of the late partner has its prompt"
    assert "Was due 3 December 2026. You are asked for it only now, so it counts from today" in late[0]


def test_the_second_of_two_reports_is_shown_what_the_first_said_and_chooses(office: Office) -> None:
    priya, amira = office.person(PRIYA), office.person(AMIRA)
    prompt = _prompted(office, priya)
    first, second = _opened(priya, prompt), _opened(amira, prompt)
    starts, _ = _fields(first)
    priya.submit(first, {starts: "99.5"})
    asked = amira.submit(second, {starts: "50"}).view
    assert "Priya Nair changed P-" in words(asked)
    assert "Starts: from nothing to 99.5" in words(asked)
    assert office.read(_ratings)["starts"] == "Good"
    assert asked is not None
    amira.submit(asked, {"crossing": "mine"})
    assert office.read(_ratings)["starts"] == "Inadequate"


def test_another_partners_person_cannot_report(office: Office) -> None:
    priya, tomasz = office.person(PRIYA), office.person(TOMASZ)
    _prompted(office, priya)
    with pytest.raises(PermissionError):
        tomasz.messages(NORTH_EAST_SHARED)


def _prompted(office: Office, person: Person) -> Message:
    office.run("prompt")
    office.deliver()
    (prompt,) = [m for m in person.messages(NORTH_EAST_SHARED) if "Report for December 2026" in m.plain]
    return prompt


def _opened(person: Person, prompt: Message) -> Modal:
    person.click(prompt, "Report the figures")
    return person.modal()


def _fields(form: Modal) -> tuple[str, str]:
    first, second = (block["block_id"] for block in form.blocks if block.get("block_id", "").startswith("kpi_"))
    return first, second


def _has(person: Person, channel: str) -> bool:
    try:
        person.messages(channel)
    except PermissionError:
        return False
    return True


def _ratings(session: Session) -> dict[str, str]:
    rows = session.execute(
        select(col(Kpi.code), col(Reading.rating))
        .join_from(Reading, Report, col(Report.id) == col(Reading.report_id))
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .join(Contract, col(Contract.id) == col(Report.contract_id))
        .where(col(Contract.reference) == "WP-NE", col(Report.period) == "2026-12")
    )
    return {code: rating.value for code, rating in rows}
