"""Looking at reports: the open ones in a list, one of them, and the figures of one KPI."""

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.models import Person, Role, RoleName
from tests.acceptance.office import AMIRA, GUEST, HELEN, MARTHA, NORTH_EAST, NORTH_EAST_SHARED, PORTFOLIO, Office
from tests.builders import contract_named
from workspace.client.control import Control
from workspace.client.person import Message

NADIA, HELP = "U0NADIA", "C0HELP"


def answered(office: Office, user: str, words: str, channel: str = PORTFOLIO) -> Message:
    """The answer to what somebody types: at once, or, with a chart in it, when its picture is in Slack."""
    person = office.person(user)
    before = len(person.messages(channel))
    person.command(f"/progress {words}", channel=channel)
    person.wait(lambda each: len(each.messages(channel)) > before)
    answer = person.messages(channel)[-1]
    assert answer.ephemeral
    return answer


def typed(office: Office, user: str, words: str, channel: str = PORTFOLIO) -> str:
    return answered(office, user, words, channel).plain


def make_contact(office: Office, user: str = GUEST, reference: str = "WP-NE") -> None:
    """Give somebody the role of a partner's contact, and let them into a channel where they can type."""

    def person_id(session: Session) -> int:
        return session.scalars(select(col(Person.id)).where(col(Person.slack) == user)).one()

    with office.liaison.database.writing() as session:
        contract = contract_named(session, reference).id
        session.add(Role(contract_id=contract, person_id=person_id(session), role=RoleName.PARTNER_CONTACT))
    with Control(office.workspace_url) as control:
        control.share(HELP, user)


def test_a_report_has_its_reference_and_a_link_to_its_message_which_is_asked_for_once(office: Office) -> None:
    assert "its message in Slack" not in typed(office, AMIRA, "show WP-NE"), "it has none yet"
    office.run("prompt")
    office.deliver()
    (prompt,) = [m for m in office.person(AMIRA).messages(NORTH_EAST_SHARED) if "December 2026" in m.plain]
    with Control(office.workspace_url) as control:
        control.fault("server_error", "chat.getPermalink")
        assert "its message in Slack" not in typed(office, AMIRA, "show WP-NE"), "the page comes without it"
        for _ in range(2):
            card = answered(office, AMIRA, "show WP-NE")
            assert f"/archives/{NORTH_EAST_SHARED}/p{prompt.ts.replace('.', '')}|its message in Slack" in str(
                card.blocks
            )
        assert len(control.traffic("chat.getPermalink")) == 2
    number = next(word for word in card.plain.split() if word.startswith("P-")).rstrip(":")
    assert number in prompt.plain, "messages name the report"


def test_the_list_has_what_is_open_the_most_pressing_first(office: Office) -> None:
    office.run("prompt")
    said = typed(office, AMIRA, "list")
    assert "7 open reports on your contracts: 1 late, 3 due and 3 waiting for a decision" in said
    assert said.index("SE-CW") < said.index("WP-NE"), "the late one comes first"
    assert "Late, not asked yet" in said
    assert "3 December 2026" in said


def test_only_the_late_ones(office: Office) -> None:
    said = typed(office, AMIRA, "list late")
    assert "1 late report on your contracts" in said
    assert "WP-NE" not in said
    assert "No late report on your contracts" in typed(office, "U0CALLUM", "list LATE")


def test_the_list_is_turned_in_place(office: Office) -> None:
    nadia = office.person(NADIA)
    (page,) = nadia.command("/progress list", channel=PORTFOLIO)
    assert "page 1 of 2" in page.plain
    nadia.click(page, "Next page")
    nadia.wait(lambda person: "page 2 of 2" in person.messages(PORTFOLIO)[-1].plain)
    (turned,) = [message for message in nadia.messages(PORTFOLIO) if message.ephemeral]
    assert [element["text"]["text"] for _, element in turned.elements()] == ["Previous page"]
    nadia.click(turned, "Previous page")
    nadia.wait(lambda person: "page 1 of 2" in person.messages(PORTFOLIO)[-1].plain)


def test_a_partners_person_has_the_reports_of_their_own_contracts_alone(guest_office: Office) -> None:
    make_contact(guest_office)
    said = typed(guest_office, GUEST, "list", HELP)
    assert "1 open report on your contracts: 1 waiting for a decision" in said
    assert "WP-NE Work Pathways, North East" in said
    for others in ("SE-CW", "DE-SW", "Calderwick"):
        assert others not in said


def test_who_is_in_no_contract_is_told(office: Office) -> None:
    assert "Liaison does not know you yet" in typed(office, MARTHA, "list", HELP)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("list latte", "/progress list does not know “latte”. Did you mean late?"),
        ("list gold", "/progress list does not know “gold”. After list comes late, or nothing."),
        ("lsit", "Did you mean /progress list?"),
        ("help", "/progress list late lists late reports"),
    ],
)
def test_what_else_it_says(http_office: Office, words: str, answer: str) -> None:
    assert answer in typed(http_office, AMIRA, words)


def test_one_report_with_its_figures_and_where_it_stands(office: Office) -> None:
    said = typed(office, AMIRA, "show WP-NE November 2026")
    for expected in (
        "Report for November 2026 on WP-NE Work Pathways, North East",
        "From Priya Nair of Northgate Futures Ltd on 3 December 2026",
        "Starts within 15 working days: Approaching target, 98.2% (491 of 500) against 99%",
        "State: received, waiting for a decision. It was due on 3 December 2026, and came on time.",
        "Accept",
    ):
        assert expected in said
    assert typed(office, AMIRA, "show nov 2026", NORTH_EAST) == said, "in its own channel without the reference"
    assert typed(office, AMIRA, "show", NORTH_EAST) == said, "the latest"
    assert "Accept" not in typed(office, HELEN, "show WP-NE 11/2026").splitlines(), "a senior owner does not decide"


def test_an_awaited_report_says_how_late_it_is_and_has_the_button_of_its_form(office: Office) -> None:
    amira = office.person(AMIRA)
    (card,) = amira.command("/progress show SE-CW", channel=PORTFOLIO)
    assert "It was due on 3 December 2026, not asked yet" in card.plain
    amira.click(card, "Report the figures")
    assert amira.modal().title == "Report: November 2026"


def test_the_history_of_a_kpi_is_a_table_with_its_target(office: Office) -> None:
    said = typed(office, AMIRA, "history WP-NE starts")
    assert "Starts within 15 working days on WP-NE Work Pathways, North East" in said
    assert "Target: 99% or more. Good is 99% or more, Approaching target 97%" in said
    rows = said.splitlines()
    told = [rows[rows.index(month) + 1] for month in ("November 2026", "October 2026")]
    assert told == ["98.2% (491 of 500)", "99.4% (994 of 1,000)"]
    assert rows.index("November 2026") < rows.index("October 2026") < rows.index("July 2026")
    assert typed(office, AMIRA, "history outcoms", NORTH_EAST).startswith("Job outcomes against profile on WP-NE")


def test_figures_are_shown_over_time_and_what_they_lack_is_said(office: Office) -> None:
    """Of the sample, WP-NE has all its parts since July 2026, PM-OL lacks those of August, DE-SW has none."""
    said = typed(office, AMIRA, "history WP-NE starts")
    assert "In the month: 98.2%" in said
    assert "3 months, from September 2026: 99%" in said, "(990 + 994 + 491) of (1,000 + 1,000 + 500)"
    assert "12 months, from December 2025: no figure for December 2025 to June 2026" in said
    assert "Cumulative, since July 2026: 99.08%" in said, "4,459 of 4,500, to the worse side"
    assert "July 2026 is the first report in the record: the contract began before." in said
    assert "Each month counts by its number of cases" in typed(office, "U0CALLUM", "history HA-EW clearance")
    shown = typed(office, AMIRA, "show DE-SW November 2026")
    assert "no parts for September 2026 to November 2026" in shown, "starts"
    assert "1.8%" in shown.splitlines(), "the backlog of the last month stands for all of them"
    (answer,) = office.person("U0CALLUM").command(
        "/progress report HA-EW graded=95/100 clearance=21.5 over 340 rework=0/0", channel=PORTFOLIO
    )
    assert "21.5 working days (340 cases) against 20 working days" in answer.plain
    assert "Reports returned for rework: Other, because there was nothing to count" in answer.plain


def test_a_history_and_the_ratings_of_ones_contracts_are_charts_with_the_same_in_words(office: Office) -> None:
    for words, said in (
        ("history WP-NE starts", "Target: 99% or more. July 2026: 99.1%, Good. August 2026: 99.3%, Good."),
        ("grid", "4 contracts by month, July 2026 to December 2026, the worst first. In the last month: SE-CW"),
    ):
        answer = answered(office, AMIRA, words)
        (picture,) = [block for block in answer.blocks if block["type"] == "image"]
        assert said in picture["alt_text"]
        file = office.workspace.store.files.find(picture["slack_file"]["id"])
        assert file is not None
        assert (file.content or b"").startswith(b"\x89PNG")
        assert "table" in [block["type"] for block in answer.blocks]


def test_a_partners_person_sees_the_same_of_their_own_and_decides_nothing(guest_office: Office) -> None:
    make_contact(guest_office)
    said = typed(guest_office, GUEST, "show WP-NE November 2026", HELP)
    assert "Approaching target, 98.2% (491 of 500) against 99%" in said
    assert "Accept" not in said.splitlines()
    assert "Target: 99% or more" in typed(guest_office, GUEST, "history WP-NE starts", HELP)
    for words in ("show SE-CW", "history SE-CW starts"):
        assert "No contract of yours fits “SE-CW”." in typed(guest_office, GUEST, words, HELP)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("show WP-NE May 2025", "WP-NE has no report for May 2025. The latest is for November 2026."),
        ("show WP-NE soon", "“soon” is not a month. Enter a month, for example December 2026"),
        ("show", "That is not complete: it needs a contract's reference"),
        ("show HA-EW", "No contract of yours fits “HA-EW”."),
        ("show XX-XX", "No contract of yours fits “XX-XX”."),
        ("history WP-NE", "Name one of its KPIs: starts, outcomes."),
        ("history WP-NE zzz", "There is no KPI “zzz” on this contract."),
        ("history", "That is not complete: it needs a contract's reference and one of its KPIs"),
        ("history HA-EW graded", "No contract of yours fits “HA-EW”."),
    ],
)
def test_what_one_cannot_be_shown(http_office: Office, words: str, answer: str) -> None:
    assert answer in typed(http_office, AMIRA, words)
