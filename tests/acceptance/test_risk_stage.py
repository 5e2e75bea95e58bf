"""A contract moves to another stage: its open risks are assessed again, and the manager's message keeps count."""

from tests.acceptance.office import AMIRA, HELEN, NORTH_EAST, PORTFOLIO, Office
from tests.acceptance.test_risk_keeping import assess, entries, said
from tests.acceptance.test_risk_list import LEAVERS, NADIA, reference_of
from workspace.client.person import Message

VACANCIES = "Fewer vacancies in retail and warehousing reduce job outcomes"


def count(office: Office) -> list[Message]:
    office.deliver()
    return [each for each in office.person(AMIRA).direct_messages() if "reviewed" in each.plain]


def move(office: Office, stage: str) -> str:
    return office.person(AMIRA).command(f"/contract stage WP-NE {stage}", channel=PORTFOLIO)[0].plain


def test_every_open_risk_is_asked_for_and_counted_to_the_end(office: Office) -> None:
    assert "WP-NE has not moved to another stage" in said(office, HELEN, "stage WP-NE")
    first, second = reference_of(office, LEAVERS), reference_of(office, VACANCIES)
    assert "2 open risks need review for the new stage" in move(office, "exit")
    (message,) = count(office)
    assert "WP-NE moved to exit: 0 of 2 open risks reviewed" in message.plain
    amira = office.person(AMIRA)
    amira.click(message, "Review it")
    review = amira.modal(title="Review a risk")
    amira.submit(review, {"why": "Looked at for the exit"})
    amira.close(amira.modal())
    (message,) = count(office)
    assert "1 of 2 open risks reviewed" in message.plain
    assess(office, NADIA, first, "3", "3", "Again, which counts once")
    assess(office, NADIA, second, "4", "3", "Again, which counts once")
    (message,) = count(office)
    assert "all of its 2 open risks reviewed" in message.plain
    assert not message.elements()
    (here,) = office.person(HELEN).command("/risk stage", channel=NORTH_EAST)
    assert "all of its 2 open risks reviewed" in here.plain
    assert len(entries(office, "risks to reassess")) == 1


def test_what_is_closed_or_has_happened_needs_no_reassessment_and_a_later_stage_asks_anew(office: Office) -> None:
    first, second = reference_of(office, LEAVERS), reference_of(office, VACANCIES)
    move(office, "change")
    said(office, AMIRA, f"close {first} Pay was raised")
    (message,) = count(office)
    assert "1 of 2 open risks reviewed" in message.plain
    move(office, "exit")
    earlier, later = sorted(count(office), key=lambda each: float(each.ts))
    assert "1 of 2 open risks were reviewed before it moved on" in earlier.plain
    assert not earlier.elements()
    assert "moved to exit: 0 of 1 open risks reviewed" in later.plain
    said(office, AMIRA, f"issue {second} Nobody is hiring")
    assert "moved to exit: all of its 1 open risk reviewed" in max(count(office), key=lambda each: float(each.ts)).plain
    assert move(office, "live").endswith("from exit to live delivery."), "nothing is open"
    assert "There is no risk" not in said(office, HELEN, "stage WP-NE")


def test_only_who_sees_a_contract_sees_how_far_it_is(http_office: Office) -> None:
    move(http_office, "exit")
    assert "No contract of yours fits “WP-NE”." in said(http_office, "U0RHIAN", "stage WP-NE")
    assert "it needs a contract's reference" in said(http_office, HELEN, "stage")
