"""What the renders of several journeys are made of."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.domain.london import Days
from bot.domain.missing import Missing
from bot.domain.parts import FigureWithParts
from bot.domain.ratings import Rating
from bot.models import (
    Absence,
    Contract,
    Decision,
    ExtensionOption,
    Finding,
    FindingGrade,
    LegalHold,
    RiskStatus,
    RoleName,
    Stage,
)
from bot.services.audits.audit_pages import FindingLine
from bot.services.contracts.contract_people import ContractPeople, Holder
from bot.services.due.due_lines import DueLine
from bot.services.due.sources.documents import ACKNOWLEDGED as MEMO_FORM
from bot.services.due.sources.plans import FORM as PLAN_FORM
from bot.services.escalations.settled import SettledLine
from bot.services.lookup.kpis import KpiInPeriod
from bot.services.pages.contract import ContractPage, RiskOnPage
from bot.services.pages.contracts import ListedContract
from bot.services.progress.kpi_history import KpiFigure, KpiLine
from tests.builders import MONDAY, RULES, card, contact, contract, facts, kpi, person

Context = dict[str, object]
Contexts = dict[str, dict[str, Context]]  # by template and size


FILLER = "شراكة"
"""What stands in every long text, and in no text that people are to read."""


def long_text(length: int) -> str:
    """So many characters of real-looking words, with & < > quotes, *markup*, lines and Arabic among them."""
    words = f'Health & Safety "R&D" <draft> {FILLER} الشمال *unclosed _and_ `code` @here C:\\new C\'mon £5m > £4m\n'
    return (words * (length // len(words) + 1))[: length - 1] + "."


TITLE, NAME, WORDS = long_text(150).replace("\n", " "), long_text(150).replace("\n", " "), long_text(3000)
LONG = {"reference": "ABCDEFGHIJ-123456789", "title": TITLE}


def contracts(count: int, **changes: Any) -> list[Contract]:  # noqa: ANN401  # whichever columns a case is about
    return [contract(id=n, **{"reference": f"WP-{n:03}", **changes}) for n in range(1, count + 1)]


def listed(number: int, **changes: Any) -> ListedContract:  # noqa: ANN401  # whichever columns a case is about
    return replace(
        ListedContract(
            f"WP-{number:03}",
            "Work Pathways",
            "Northgate Futures Ltd",
            "gold",
            Stage.LIVE,
            date(2029, 3, 31),
            Rating.GOOD,
        ),
        **changes,
    )


def turn(number: int) -> str:
    return f'{number} "gold"'


def option(**changes: Any) -> ExtensionOption:  # noqa: ANN401  # whichever columns a case is about
    usual: dict[str, Any] = {"id": 1, "contract_id": 1, "name": "Extension of 24 months", "months": 24}
    usual |= {"decide_by": date(2028, 9, 29), "recorded_on": date(2025, 4, 1)}
    return ExtensionOption(**{**usual, **changes})


def small_card() -> ContractPage:
    """A contract of which nothing is known yet."""
    return ContractPage(contract(purpose="", sample=False), "A", {}, [], [], [], [], None, "")


def kpi_line(number: int, *values: str | None, name: str = "Starts within 15 working days") -> KpiLine:
    figures = [kpi_figure(kpi(number, name=name), value) for value in values]
    return KpiLine(kpi(number, name=name), figures)


def kpi_figure(of: KpiInPeriod, value: str | None) -> KpiFigure:
    given = FigureWithParts(Decimal(value) if value else None)
    return KpiFigure(of, "December 2026", given, Rating.GOOD if value else Rating.OTHER)


NOT_ASKED = "not asked until 12 January 2027"


def usual_card() -> ContractPage:
    return ContractPage(
        contract=contract(purpose="Help people in the North East to find a job and keep it."),
        partner="Northgate Futures Ltd",
        people={RoleName.CONTRACT_MANAGER: [person()], RoleName.SENIOR_OWNER: [HELEN]},
        options=[option(), option(name="First extension", decision=Decision.TAKEN, decided_on=date(2026, 12, 1))],
        kpis=[kpi_line(1, "98.2", "99.4", "99"), kpi_line(2, None, "97"), kpi_line(3)],
        due=[
            DueLine(
                "WP-NE", "Report for December 2026", date(2027, 1, 6), late=True, note="not asked until 12 January 2027"
            ),
            DueLine(
                "WP-NE",
                "Change memo 3 to be acknowledged",
                date(2026, 12, 17),
                True,
                MEMO_FORM,
                "key-of-a-memo-01",
            ),
        ],
        risks=[
            RiskOnPage(card().risk, RULES.grade(4, 4)),
            RiskOnPage(card(status=RiskStatus.ISSUE, happened="They left").risk, RULES.grade(4, 4)),
            RiskOnPage(card().risk, None),
        ],
        last_contact=contact(),
        last_contact_by="Amira Shah",
        plans=[DueLine("WP-NE", "Clearance, monitored", date(2026, 11, 2), False, PLAN_FORM, "key-of-a-plan-01")],
        missing=[*Missing],
        findings=[FindingLine(finding, "WP-NE", True) for finding in FINDINGS],
        settled=[SETTLED_LINE],
        hold=LegalHold(contract_id=1, reason="A claim about payments in 2026", since=MONDAY),
    )


SETTLED_LINE = SettledLine("Report for December 2026", "Amira Shah", MONDAY, "It comes with January’s, as agreed")
FINDINGS = [
    Finding(
        id=number, audit_id=3, contract_id=1, title="Fire doors wedged open", fact="Both doors", clause="7.3",
        grade=FindingGrade.MAJOR, found_on=date(2027, 1, 4), due_on=date(2027, 2, 1), repeat_of_id=repeats,
    )
    for number, repeats in ((12, None), (13, 12))
]  # fmt: skip


def large_card() -> ContractPage:
    return ContractPage(
        contract=contract(purpose=WORDS, **LONG),
        partner=NAME,
        people={role: [person(name=NAME, slack="U" + "0" * 39)] * 12 for role in RoleName},
        options=[option(name=TITLE)] * 12,
        kpis=[kpi_line(n, *["12345678.1234"] * 6, name=TITLE) for n in range(1, 91)],
        due=[DueLine("WP-NE", TITLE, date(2027, 11, 22), True, PLAN_FORM, "key-of-a-plan-01")] * 40,
        risks=[RiskOnPage(card(title=long_text(200)).risk, RULES.grade(4, 4))] * 40,
        settled=[SettledLine(TITLE, NAME, MONDAY, long_text(300))] * 5,
        last_contact=contact(summary=WORDS),
        last_contact_by=NAME,
        plans=[DueLine("WP-NE", TITLE, date(2027, 11, 22), False, PLAN_FORM, "key-of-a-plan-01")] * 40,
        findings=[FindingLine(FINDINGS[1], "WP-NE", True)] * 40,
        hold=LegalHold(contract_id=1, reason=long_text(300), since=MONDAY),
    )


def people(*holders: Holder, may_change: bool = True, **changes: Any) -> ContractPeople:  # noqa: ANN401  # as above
    return ContractPeople(facts(**changes), holders, may_change)


def absence(first: int, last: int) -> Absence:
    return Absence(person_id=5, first_day=date(2027, 1, first), last_day=date(2027, 1, last))


HELEN, LONG_NAME = person(), person(NAME, "U" + "0HELEN" * 5)
LARGE_CHANGES = {f"{TITLE}{n}": [WORDS, WORDS] for n in range(24)}
ONE, TWELVE, LOTS = contracts(1), contracts(12), contracts(120, title=TITLE)
TODAY: Context = {"today": date(2027, 1, 4)}
DAYS: Context = {"days": Days(date(2027, 1, 4), date(2027, 1, 4))}
DAYS_ABROAD: Context = {"days": Days(date(2027, 1, 4), date(2027, 1, 5))}
