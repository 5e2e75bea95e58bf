"""What each template is rendered with: at its smallest, as usual, at its largest, and where it has further states.

Largest is what the database can hold of names and words, with every character that Slack or JSON escapes
and a name that runs from right to left.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.access import ContractFacts, Keeping, granted
from bot.domain.calendar import Nation
from bot.domain.change_notice import change_notice
from bot.domain.deadlines import parse_deadline
from bot.domain.duties import Regime, Supplies
from bot.domain.ratings import Direction, Rating
from bot.domain.scores import Band, Impact, Likelihood
from bot.identity import Actor
from bot.messages import TEMPLATES, Message, View
from bot.models import (
    Absence,
    AgreementForm,
    Audience,
    ContactChannel,
    Contract,
    ExtensionOption,
    MadeBy,
    Organisation,
    OrganisationKind,
    OutboxState,
    Person,
    Report,
    ReportDecision,
    Risk,
    RiskAssessment,
    RiskCategory,
    RiskResponse,
    RiskStatus,
    RoleName,
    Stage,
)
from bot.services.action_list import Line as ActionOf
from bot.services.action_list import Page as ActionsFound
from bot.services.actions import ActionCard
from bot.services.contact_log import ContactPage, Line
from bot.services.contact_log import Page as ContactsFound
from bot.services.contract_card import Card, RiskLine
from bot.services.contract_channels import Binding
from bot.services.contract_dates import ContractDates, DatedItem
from bot.services.contract_duties import duties_of
from bot.services.contract_edit import ChangedContract
from bot.services.contract_history import Entry, History
from bot.services.contract_list import Listed, Page
from bot.services.contract_people import ContractPeople, Holder
from bot.services.dropped_files import DroppedFile, Rehearsal
from bot.services.due_items import DueItem
from bot.services.kpi_history import KpiHistory
from bot.services.kpi_lines import Figure, KpiLine
from bot.services.leave import OwnLeave
from bot.services.me import HeldRole, Me
from bot.services.partner_card import PartnerCard
from bot.services.partner_edit import KINDS, ChangedPartner
from bot.services.partner_list import ListedPartner, Overview, OwnOrganisation, PartnerPage
from bot.services.partner_people import PartnerPeople
from bot.services.portfolio.source import Rows
from bot.services.received_reports import ReceivedReport
from bot.services.report_card import ReportCard
from bot.services.report_decisions import Queried
from bot.services.report_list import OpenReport, ReportPage
from bot.services.report_list import Standing as Stands
from bot.services.reports import DueReport
from bot.services.risk_card import Assessment, RiskSheet
from bot.services.risk_list import ListedRisk, RiskPage
from bot.services.risk_review import Reviewed, ToReview
from bot.services.risks import RiskCard
from bot.services.setting_up import Checklist, WhomToAsk
from bot.services.several import Option
from bot.services.standings import Standing
from bot.services.summary import Item, OpenRisk, Summary
from handlers.choosing import Choice
from tests.builders import MESSAGES, MONDAY, action, card, contact, contract, due, facts, kpi, kpis, person, received

Context = dict[str, object]


def long_text(length: int) -> str:
    """So many characters of real-looking words, with & < > quotes, *markup*, lines and Arabic among them."""
    words = 'Health & Safety "R&D" <draft> شراكة الشمال *unclosed _and_ `code` @here C:\\new C\'mon £5m > £4m\n'
    return (words * (length // len(words) + 1))[: length - 1] + "."


TITLE, NAME, WORDS = long_text(150).replace("\n", " "), long_text(150).replace("\n", " "), long_text(3000)
LONG = {"reference": "ABCDEFGHIJ-123456789", "title": TITLE}


def contracts(count: int, **changes: Any) -> list[Contract]:  # noqa: ANN401  # whichever columns a case is about
    return [contract(id=n, **{"reference": f"WP-{n:03}", **changes}) for n in range(1, count + 1)]


def item(number: int, days: int = 0, what: str = "Report for December 2026") -> Item:
    return Item(f"WP-{number:03}", what, date(2027, 1, 6), days)


def listed(number: int, **changes: Any) -> Listed:  # noqa: ANN401  # whichever columns a case is about
    return replace(
        Listed(
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


def open_report(stands: Stands, late: int = 0) -> OpenReport:
    due_on = date(2026, 12, 3) if stands is Stands.LATE else date(2027, 1, 6)
    return OpenReport("WP-NE", "Work Pathways", "Northgate Futures Ltd", "December 2026", due_on, stands, late)


def decided(received: ReceivedReport, decision: ReportDecision | None, query: str = "", by: str = "") -> ReceivedReport:
    """The report after a decision; with a query and no decision it has come again."""
    changes: dict[str, Any] = {"query": query, "queries": int(bool(query)), "decision": decision}
    changes |= {"decided_at": MONDAY, "decided_by_id": 3} if decision else {"revised_at": MONDAY}
    row = Report(**{**received.report.model_dump(), **changes})
    return replace(received, report=row, decided_by=by or "Amira Shah")


def report_card(
    received: ReceivedReport | None, asked: DueReport, *, may: bool = True, about: ContractFacts | None = None
) -> ReportCard:
    row = received.report if received else asked.report
    return ReportCard(about or facts(), row, asked, received, may, may)


def turn(number: int) -> str:
    return f'{number} "gold"'


def option(**changes: Any) -> ExtensionOption:  # noqa: ANN401  # whichever columns a case is about
    usual: dict[str, Any] = {"id": 1, "contract_id": 1, "name": "Extension of 24 months", "months": 24}
    usual |= {"decide_by": date(2028, 9, 29), "recorded_on": date(2025, 4, 1)}
    return ExtensionOption(**{**usual, **changes})


def small_card() -> Card:
    """A contract of which nothing is known yet."""
    return Card(contract(purpose="", sample=False), "A", {}, [], [], [], [], None, "")


def kpi_line(number: int, *values: str | None, name: str = "Starts within 15 working days") -> KpiLine:
    figures = [
        Figure("December 2026", Decimal(value) if value else None, Rating.GOOD if value else Rating.OTHER)
        for value in values
    ]
    return KpiLine(kpi(number, name=name), figures)


def usual_card() -> Card:
    return Card(
        contract=contract(purpose="Help people in the North East to find a job and keep it."),
        partner="Northgate Futures Ltd",
        people={RoleName.CONTRACT_MANAGER: [person()], RoleName.SENIOR_OWNER: [HELEN]},
        options=[option()],
        kpis=[kpi_line(1, "98.2", "99.4", "99"), kpi_line(2, None, "97"), kpi_line(3)],
        due=[
            DueItem("Report for December 2026", date(2027, 1, 6), late=False),
            DueItem("Change memo 3 to be acknowledged", date(2026, 12, 17), late=True),
        ],
        risks=[
            RiskLine(card().risk, Band.VERY_HIGH, 16),
            RiskLine(card(status=RiskStatus.ISSUE, happened="They left").risk, Band.VERY_HIGH, 16),
        ],
        last_contact=contact(),
        last_contact_by="Amira Shah",
    )


def large_card() -> Card:
    return Card(
        contract=contract(purpose=WORDS, **LONG),
        partner=NAME,
        people={role: [person(name=NAME, slack="U" + "0" * 39)] * 12 for role in RoleName},
        options=[option(name=TITLE)] * 12,
        kpis=[kpi_line(n, *["12345678.1234"] * 6, name=TITLE) for n in range(1, 91)],
        due=[DueItem(TITLE, date(2027, 11, 22), late=True)] * 40,
        risks=[RiskLine(card(title=long_text(200)).risk, Band.VERY_HIGH, 16)] * 40,
        last_contact=contact(summary=WORDS),
        last_contact_by=NAME,
    )


def partner_page(card: Card) -> PartnerCard:
    """The same contract as its partner sees it."""
    c = card.contract
    names = [person.name for people in card.people.values() for person in people]
    return PartnerCard(
        c.reference,
        c.title,
        card.partner,
        c.purpose,
        c.start_date,
        c.end_date,
        names,
        names,
        card.kpis,
        card.due,
        c.sample,
    )


def choice(number: int, about: str = "Work Pathways, with Northgate Futures Ltd") -> Choice:
    reference = f"WP-{number:03}"
    return Choice(Option(reference, reference, about), f"/risk raise {reference} “Advisers leaving” likely major")


def standing(about: Contract, rating: Rating = Rating.GOOD, before: Rating | None = Rating.GOOD) -> Standing:
    return Standing(about, "Northgate", "Amira Shah", "November 2026", rating, before, "Starts: 98% against 99%")


NOTHING = Summary(date(2027, 1, 4), is_sample=False, standings=[], late=[], coming=[], risks=[], failed_plans=[])
USUAL = Summary(
    date(2027, 1, 4),
    is_sample=True,
    standings=[
        standing(contract(reference="HA-EW"), Rating.INADEQUATE, Rating.REQUIRES_IMPROVEMENT),
        standing(contract(reference="IT-CH"), Rating.GOOD, Rating.APPROACHING_TARGET),
        standing(contract(reference="SK-SC"), Rating.OTHER, None),
    ],
    late=[item(1, days=20)],
    coming=[item(2), item(3, what="Decide: extension of 12 months")],
    risks=[OpenRisk("HA-EW", "R-5", "Too few assessors", Band.VERY_HIGH, 16, happened=True)],
    failed_plans=[item(4, what="Bring clearance back")],
)


def full_summary(count: int, title: str, why: str, manager: str) -> Summary:
    """A summary of so many contracts, where each also has something late, coming, risky and failed."""
    numbers = range(1, count + 1)
    all_standings = [
        replace(
            standing(each, Rating.REQUIRES_IMPROVEMENT, Rating.REQUIRES_IMPROVEMENT if each.id % 2 else Rating.GOOD),
            why=why,
            manager=manager,
        )
        for each in contracts(count, title=title)
    ]
    return Summary(
        date(2027, 11, 22),
        is_sample=True,
        standings=all_standings,
        late=[item(n, days=1234, what=title) for n in numbers],
        coming=[item(n, what=title) for n in numbers],
        risks=[OpenRisk(f"WP-{n:03}", f"R-{n}", title, Band.HIGH, 12) for n in numbers],
        failed_plans=[item(n, what=title) for n in numbers],
    )


FORMS: dict[str, Any] = {
    "nations": list(Nation),
    "stages": list(Stage),
    "forms": list(AgreementForm),
    "supplies": list(Supplies),
    "regimes": list(Regime),
    "working_days": [(str(day), str(day)) for day in range(1, 16)],
}


def holder(role: RoleName, who: Person, deputy: Person | None = None, *leave: Absence) -> Holder:
    return Holder(role, who, deputy, leave)


def people(*holders: Holder, may_change: bool = True, **changes: Any) -> ContractPeople:  # noqa: ANN401  # as above
    return ContractPeople(facts(**changes), holders, may_change)


def absence(first: int, last: int) -> Absence:
    return Absence(person_id=5, first_day=date(2027, 1, first), last_day=date(2027, 1, last))


def replace_id(absence: Absence, number: int) -> Absence:
    absence.id = number
    return absence


def held(role: RoleName, *contracts: str, **changes: Any) -> HeldRole:  # noqa: ANN401  # whichever facts a case is about
    return HeldRole(role, contracts, granted(role), **changes)


def entry(number: int = 1, **changes: Any) -> Entry:  # noqa: ANN401  # whichever facts a case is about
    usual: dict[str, Any] = {
        "at": MONDAY,
        "who": "Amira Shah",
        "action": "contract changed",
        "subject": "WP-NE",
        "changes": {"end": ["31 March 2029", "31 March 2031"]},
        "why": "The first option was taken up",
    }
    return Entry(**{**usual, **changes})


def of_the_act(**changes: Any) -> Contract:  # noqa: ANN401  # whichever columns a case is about
    act_contract = {"regime": Regime.ACT_2023, "start_date": date(2026, 4, 1), "end_date": date(2030, 3, 31)}
    return contract(**{**act_contract, **changes})


def crowd(count: int) -> list[Person]:
    return [person(NAME, f"U{number:031}", number) for number in range(1, count + 1)]


def organisation(name: str = "Northgate Futures Ltd", key: str = "northgate") -> Organisation:
    return Organisation(id=2, key=key, name=name, kind=OrganisationKind.COMPANY)


def listed_partner(number: int, name: str = "Northgate Futures Ltd", contracts: int = 2) -> ListedPartner:
    rating = Rating.INADEQUATE if contracts else Rating.OTHER
    return ListedPartner(f"partner-{number}", name, OrganisationKind.COMMUNITY_INTEREST, contracts, 12, rating)


def overview(people: int, contracts: int, name: str = NAME, *, may_keep: bool = True) -> Overview:
    """A partner of whose people each third is a guest, and each second without a role."""
    known = [
        Person(id=n, slack=f"U0PERSON{n:031}", name=name, organisation_id=2, guest=n % 3 == 0)
        for n in range(1, people + 1)
    ]
    idle = frozenset(person.id for person in known if person.id % 2)
    teams = [f"T0TEAM{n:034}" for n in range(people)]
    rows = [listed(n, title=TITLE, partner=name, rating=Rating.OTHER) for n in range(1, contracts + 1)]
    return Overview(organisation(name), teams, known, idle, rows, may_keep)


@dataclass(frozen=True)
class Render:
    """One golden render: what it is made with, and what comes of it."""

    template: str
    size: str
    context: Context
    make: Callable[..., Message | View]

    @property
    def name(self) -> str:
        return f"{self.template}.{self.size}"

    def __call__(self) -> dict[str, Any]:
        """The message or view as it goes to Slack."""
        made = self.make(self.template, **self.context)
        return {"text": made.text, "blocks": made.blocks} if isinstance(made, Message) else made


def templates() -> set[str]:
    """Every template that stands for a message or a view."""
    return {path.stem for path in TEMPLATES.glob("*.j2") if not path.name.startswith("_")}


HELEN, LONG_NAME = person(), person(NAME, "U" + "0HELEN" * 5)
ACKNOWLEDGED = card(owner=HELEN, acknowledged_by="Helen Marsh")
SMALL_CARD = card(Likelihood.RARE, Impact.NEGLIGIBLE, title="A", about=facts(reference="A", title="B"))
LARGE_CARD = card(
    Likelihood.ALMOST_CERTAIN,
    Impact.SEVERE,
    owner=LONG_NAME,
    about=facts(**LONG, partner=NAME),
    title=long_text(200).replace("\n", " "),
    detail=WORDS,
)
CHANGES = {"end": ["31 March 2029", "31 March 2031"], "value in pounds": ["84,000,000", "90,000,000"]}
LARGE_CHANGES = {f"{TITLE}{n}": [WORDS, WORDS] for n in range(24)}
CROWD = people(
    *(
        holder(RoleName.PARTNER_CONTACT, person(NAME, LONG_NAME.slack, n), LONG_NAME, absence(4, 8))
        for n in range(1, 121)
    ),
    reference=LONG["reference"],
    title=TITLE,
    partner=NAME,
)
TEAM = people(
    holder(RoleName.CONTRACT_MANAGER, person("Amira Shah", "U0AMIRA"), HELEN, absence(4, 8)),
    holder(RoleName.SENIOR_OWNER, HELEN, None, absence(11, 15)),
    holder(RoleName.VIEWER, person("Joseph Adeyemi", "U0JOSEPH")),
)
NOTICE = change_notice(
    84_000_000, 90_000_000, Supplies.SERVICES, date(2026, 4, 1), date(2030, 3, 31), date(2031, 3, 31)
)
ACTOR = Actor(3, "U0AMIRA", "Amira Shah", 1, "Department for Opportunity", is_department=True, home="T0DEPT")
OUR_GUEST = Actor(
    4, "U0GUEST", "Gus Guest", 2, "Northgate Futures Ltd", is_department=False, is_guest=True, home="T0DEPT"
)
LEAVE = OwnLeave([replace_id(absence(11, 15), 1)], [("Callum Reid", ["WP-NE", "DE-SW"])], ["SE-CW"])
LONG_LEAVE = OwnLeave(
    [replace_id(absence(11, 15), n) for n in range(30)],
    [(NAME, [LONG["reference"]] * 200)] * 30,
    [LONG["reference"]] * 200,
)
DROPPED = DroppedFile("F0FILE", "U0NADIA", Rows("contracts.yaml", {}))
LARGE_KPIS = kpis(40, name=NAME, good=Decimal("99999999.9999"), approaching=Decimal(97))
LOW_KPIS = kpis(2, direction=Direction.LOWER, good=Decimal(1), approaching=Decimal(2), requires_improvement=Decimal(3))
LATE_CONTRACT = contract(**LONG)
SMALL_CONTACT = {"contact": contact(summary="A"), "contract": "A", "title": "B"}
USUAL_CONTACT = {
    "contact": contact(attendees="Priya Nair, Northgate", next_contact_on=date(2027, 1, 11)),
    "contract": "WP-NE",
    "title": "Work Pathways, North East",
}
LARGE_ENTRY = contact(
    summary=WORDS,
    decisions=WORDS,
    attendees=long_text(500),
    purpose=long_text(200),
    next_contact_on=date(2027, 9, 22),
    formal_notice=True,
    id=2**62,
)
SMALL_ACTION = ActionCard(action(what="A"), facts(reference="A", sample=False), "B", late=False)
USUAL_ACTION = ActionCard(action(), facts(), "Priya Nair", late=False)
DONE_ACTION = ActionCard(
    action(done_on=date(2027, 1, 7), done_by_id=3, done_note="Agreed with Northgate"), facts(), "Priya Nair", late=False
)
LARGE_ACTION = ActionCard(
    action(what=long_text(300), id=2**62, closed_by_another=True), facts(**LONG, partner=NAME), NAME, late=True
)
LARGE_CONTACT = {
    "contact": LARGE_ENTRY,
    "contract": LONG["reference"],
    "title": TITLE,
}
ON_RISKS: Context = {
    "categories": list(RiskCategory),
    "likelihoods": list(Likelihood),
    "impacts": list(Impact),
    "chosen": None,
}
TAKEN_BACK = contact(id=8, corrects_id=7, withdrawn=True)
ON_CONTACTS: Context = {
    "channels": list(ContactChannel),
    "made_by": list(MadeBy),
    "today": date(2027, 1, 4),
    "chosen": None,
    "contact": None,
    "corrects": "",
}
USUAL_REPORT = received(kpis(2), narrative="Two advisers left in December.")
LARGE_REPORT = decided(
    received(LARGE_KPIS, Decimal("98765432.1234"), narrative=WORDS, about=LATE_CONTRACT, reporter=NAME, late=1234),
    ReportDecision.QUERIED,
    long_text(1000),
    NAME,
)
LARGE_REPORT = replace(LARGE_REPORT, partner=NAME)
QUESTION = "Why did starts fall, and by when will both posts be filled?"
QUERIED_REPORT = decided(USUAL_REPORT, ReportDecision.QUERIED, QUESTION)
ANSWERED_REPORT = decided(USUAL_REPORT, None, QUESTION)
ACCEPTED_REPORT = decided(USUAL_REPORT, ReportDecision.ACCEPTED)
LARGE_DUE = replace(
    due(LARGE_KPIS, late=1234, about=LATE_CONTRACT, partner=NAME),
    report=LARGE_REPORT.report,
    figures={each.id: Decimal("98765432.1234") for each in LARGE_KPIS},
)
EXAMPLE = MESSAGES.commands["/progress"].example
ONE, TWELVE, LOTS = contracts(1), contracts(12), contracts(120, title=TITLE)

TODAY: Context = {"today": date(2027, 1, 4)}
NEXT_REVIEW = date(2026, 12, 31)


def listed_risk(number: int, **changes: Any) -> ListedRisk:  # noqa: ANN401  # whichever columns a case is about
    usual = ListedRisk(f"R-{number}", "WP-NE", "Advisers leaving", 16, Band.VERY_HIGH, "Amira Shah", 3, NEXT_REVIEW,
                       overdue=True, happened=False)  # fmt: skip
    return replace(usual, **changes)


def risk_sheet(
    *assessments: Assessment,
    card: RiskCard | None = None,
    **changes: Any,  # noqa: ANN401  # whichever columns a case is about
) -> RiskSheet:
    """A risk on one page; `changes` are whichever columns of the risk a case is about."""
    about = card or USUAL_RISK
    risk = Risk(**{**about.risk.model_dump(), **changes})
    owner = person(NAME, LONG_NAME.slack) if card else person("Amira Shah", "U0AMIRA", 3)
    open_now = risk.status is RiskStatus.OPEN
    return RiskSheet(risk, about.contract, owner.name, owner, assessments, may_manage=True, overdue=open_now)


USUAL_RISK = card(detail="Pay is higher next door.")
ASSESSED = Assessment(MONDAY, "Amira Shah", Likelihood.LIKELY, Impact.MAJOR, "Two more advisers left")
AS_RAISED = replace(ASSESSED, likelihood=Likelihood.POSSIBLE, why="")
CLOSED: dict[str, Any] = {
    "status": RiskStatus.CLOSED,
    "closed_on": date(2027, 1, 4),
    "closing_reason": "Pay was raised",
}
SCALES: Context = {"likelihoods": list(Likelihood), "impacts": list(Impact)}
LAST = RiskAssessment(
    id=7, risk_id=9, likelihood=4, impact=4, why="Two more left", assessed_by_id=3, assessed_at=MONDAY
)
LARGE_REVIEW = ToReview(
    LARGE_CARD.risk, LARGE_CARD.contract, 2**62, NAME, RiskAssessment(**{**LAST.model_dump(), "why": long_text(300)})
)
LARGE_SHEET = risk_sheet(
    *[replace(ASSESSED, who=NAME, why=long_text(300))] * 40,
    card=LARGE_CARD,
    response=RiskResponse.TERMINATE,
    response_note=long_text(1000),
    happened=long_text(1000),
    status=RiskStatus.CLOSED,
    closed_on=date(2027, 1, 4),
    closing_reason=long_text(300),
)

CHANGED_NAME = {"name": ["Northgate Futures Ltd", "Northgate Ltd"], "Slack workspaces": ["nothing", "T0NORTHGATE"]}

MESSAGE_CONTEXTS: dict[str, dict[str, Context]] = {
    "partner_list": {
        "smallest": {"page": PartnerPage([], 1, 0)},
        "usual": {"page": PartnerPage([listed_partner(1), listed_partner(2, contracts=0)], 1, 2)},
        "largest": {"page": PartnerPage([listed_partner(n, NAME, 1234) for n in range(10)], 2, 1234)},
    },
    "partner_overview": {
        "smallest": {"overview": overview(0, 0, "A", may_keep=False)},
        "usual": {"overview": overview(4, 2, "Northgate Futures Ltd")},
        "largest": {"overview": overview(200, 60)},
    },
    "partner_own": {
        "smallest": {"own": OwnOrganisation("A", OrganisationKind.CHARITY, ["B"], [])},
        "usual": {"own": OwnOrganisation("Northgate", OrganisationKind.COMPANY, ["Liam", "Priya"], [facts()])},
        "largest": {"own": OwnOrganisation(NAME, OrganisationKind.COMPANY, [NAME] * 120, [facts(**LONG)] * 120)},
    },
    "channel_shared": {
        "smallest": {"contract": None, "channel": "C1", "with_partner": False, "newcomer": "A"},
        "usual": {"contract": facts(), "channel": "C0WPNE", "with_partner": False, "newcomer": "Harbour Lane Trust"},
        "with_partner": {
            "contract": facts(),
            "channel": "C0WPNENG",
            "with_partner": True,
            "newcomer": "An organisation that is not in the register (team T0OTHER)",
        },
        "largest": {
            "contract": facts(**LONG, partner=NAME),
            "channel": "C" + "0" * 39,
            "with_partner": True,
            "newcomer": NAME,
        },
    },
    "contract_card": {
        "smallest": {"card": small_card()},
        "usual": {"card": usual_card()},
        "largest": {"card": large_card()},
    },
    "contract_list": {
        "smallest": {"page": Page([], 1, 0, ["gold"]), "turn": turn},
        "usual": {"page": Page([listed(1), listed(2, rating=Rating.GOOD)], 1, 2, []), "turn": turn},
        "largest": {
            "page": Page([listed(n, title=TITLE, partner=NAME) for n in range(1, 11)], 2, 1234, ["gold", NAME]),
            "turn": turn,
        },
    },
    "channel_bound": {
        "smallest": {"binding": Binding("C1", Audience.INTERNAL, None)},
        "usual": {"binding": Binding("C0WPNE", Audience.INTERNAL, "WP-NE")},
        "shared": {"binding": Binding("C0WPNENG", Audience.SHARED, "WP-NE")},
        "largest": {"binding": Binding("C" + "0" * 39, Audience.SHARED, LONG["reference"], "C" + "1" * 39)},
    },
    "channel_let_go": {
        "smallest": {"binding": Binding("C1", Audience.INTERNAL, None)},
        "usual": {"binding": Binding("C0WPNE", Audience.INTERNAL, "WP-NE")},
        "largest": {"binding": Binding("C" + "0" * 39, Audience.SHARED, LONG["reference"])},
    },
    "contract_dates": {
        "smallest": {"dates": ContractDates(contract(), [DatedItem("End", date(2029, 3, 31))], []), **TODAY},
        "usual": {
            "dates": ContractDates(
                contract(),
                [
                    DatedItem("Milestone, the partner's: Open the office", date(2026, 12, 1), date(2026, 11, 27)),
                    DatedItem(
                        "Obligation, ours: Send referrals",
                        date(2027, 1, 8),
                        working=parse_deadline("10 working days after 22 December 2026").working(
                            Nation.ENGLAND_AND_WALES
                        ),
                    ),
                ],
                ["Obligation, ours: Pay within 30 days (clause 12)"],
            ),
            **TODAY,
        },
        "largest": {
            "dates": ContractDates(
                contract(**LONG), [DatedItem(TITLE * 2, date(2026, 11, 22), working=TITLE * 3)] * 120, [TITLE * 2] * 40
            ),
            **TODAY,
        },
    },
    "contract_duties": {
        "smallest": {"found": duties_of(contract(), 2)},
        "usual": {"found": duties_of(of_the_act(), 2)},
        "largest": {"found": duties_of(of_the_act(light_touch=True, **LONG), 0)},
    },
    "contract_history": {
        "smallest": {"history": History(facts(), [entry(changes={}, why="")], 1, 1)},
        "usual": {"history": History(facts(), [entry(), entry(action="risk raised", subject="R-9", changes={})], 1, 2)},
        "largest": {
            "history": History(
                facts(**LONG), [entry(who=NAME, changes=LARGE_CHANGES, why=TITLE * 2, subject=NAME[:80])] * 8, 2, 1234
            )
        },
    },
    "contract_people": {
        "smallest": {"people": people(may_change=False), "today": date(2027, 1, 4)},
        "usual": {"people": TEAM, "today": date(2027, 1, 4)},
        "largest": {"people": CROWD, "today": date(2027, 1, 4)},
    },
    "stage_changed": {
        "smallest": {"changed": ChangedContract(contract(reference="A"), {})},
        "usual": {"changed": ChangedContract(contract(), {"stage": ["live delivery", "exit"]})},
        "largest": {
            "changed": ChangedContract(contract(**LONG), {"stage": ["pre-procurement", "change or extension"]})
        },
    },
    "partner_card": {
        "smallest": {"card": partner_page(small_card())},
        "usual": {"card": partner_page(usual_card())},
        "largest": {"card": partner_page(large_card())},
    },
    "partner_contracts": {
        "smallest": {"contracts": []},
        "usual": {"contracts": [facts()]},
        "largest": {"contracts": [facts(**LONG)] * 120},
    },
    "away": {
        "smallest": {"leave": OwnLeave([], [], []), **TODAY},
        "usual": {"leave": LEAVE, **TODAY},
        "begun": {"leave": OwnLeave([replace_id(absence(1, 8), 2), *LEAVE.coming], [], []), **TODAY},
        "largest": {"leave": LONG_LEAVE, **TODAY},
    },
    "help_for_newcomer": {
        "smallest": {"name": "", "ask": WhomToAsk(True, False, [])},
        "usual": {"name": "Martha Quill", "ask": WhomToAsk(True, False, ["U0NADIA"])},
        "first_run": {"name": "Martha Quill", "ask": WhomToAsk(False, True, [])},
        "not_set_up": {"name": "Martha Quill", "ask": WhomToAsk(False, False, [])},
        "largest": {"name": NAME, "ask": WhomToAsk(True, False, ["U" + "0" * 39] * 12)},
    },
    "liaison_help": {
        "smallest": {"commands": [(each, each.lines[:1]) for each in [*MESSAGES.commands.values()][:1]]},
        "usual": {"commands": [(each, each.lines[:1]) for each in MESSAGES.commands.values()]},
        "largest": {"commands": [(each, each.lines) for each in MESSAGES.commands.values()]},
    },
    "me": {
        "smallest": {"me": Me(ACTOR, [], [], OwnLeave([], [], []))},
        "guest": {"me": Me(OUR_GUEST, [held(RoleName.PARTNER_CONTACT, "WP-NE")], [], OwnLeave([], [], []))},
        "usual": {
            "me": Me(
                ACTOR,
                [
                    held(RoleName.CONTRACT_MANAGER, "WP-NE", "DE-SW"),
                    held(RoleName.SENIOR_OWNER, "HA-EW", stands_in_for="Helen Marsh", until=date(2027, 1, 8)),
                ],
                list(Keeping)[:2],
                LEAVE,
            )
        },
        "largest": {
            "me": Me(
                replace(ACTOR, name=NAME, organisation=NAME, is_administrator=True),
                [held(RoleName.HEAD, *[LONG["reference"]] * 200, stands_in_for=NAME, until=date(2027, 11, 22))] * 30,
                list(Keeping),
                LONG_LEAVE,
            )
        },
    },
    "setup": {
        "smallest": {"list": Checklist("A", 1, 0, 0, 0, 0, 0, None)},
        "usual": {"list": Checklist("Department for Opportunity", 23, 12, 12, 1, 2, 24, None)},
        "begun": {"list": Checklist("Department for Opportunity", 2, 1, 0, 0, 0, 0, None, OutboxState.PENDING)},
        "done": {
            "list": Checklist("Department for Opportunity", 23, 12, 12, 0, 0, 24, "C0PORTFOLIO", OutboxState.SENT)
        },
        "largest": {
            "list": Checklist(NAME, 99999, 99999, 99999, 99999, 99999, 99999, None, OutboxState.DEAD, long_text(300))
        },
    },
    "import_done": {
        "smallest": {"done": "Nothing changed."},
        "usual": {"done": "Added 1 contract and 2 KPIs. Left alone: 12 rows."},
        "largest": {"done": WORDS},
    },
    "import_plan": {
        "smallest": {"rehearsal": Rehearsal(DROPPED, ["contracts.yaml would add 0 and change 0 records."], 0, 0, "d")},
        "usual": {
            "rehearsal": Rehearsal(
                DROPPED,
                [
                    "contracts.yaml would add 1 and change 1 record. Nothing has been changed yet.",
                    "contracts: 1 to add, 1 to change, 10 left alone",
                    "  add WP-NW",
                    "  change WP-NE: tier from gold to silver",
                ],
                0,
                2,
                "5f2a",
            )
        },
        "largest": {"rehearsal": Rehearsal(DROPPED, [WORDS] * 60, 12345, 12345, "d" * 32)},
    },
    "setup_test": {"smallest": {"name": "A"}, "usual": {"name": "Amira Shah"}, "largest": {"name": NAME}},
    "choose": {
        "smallest": {"question": "Which one?", "choices": [choice(1)]},
        "usual": {
            "question": "“work” fits 2 contracts. Which one do you mean: WP-001 or WP-002?",
            "choices": [choice(1), choice(2)],
        },
        "largest": {
            "question": long_text(400),
            "choices": [choice(n, f"{TITLE}, with {NAME}") for n in range(1, 11)],
        },
    },
    "action_changed": {
        "smallest": {"card": SMALL_ACTION, "what": "is added"},
        "usual": {"card": USUAL_ACTION, "what": "has a new day"},
        "done": {"card": DONE_ACTION, "what": "is done"},
        "largest": {"card": LARGE_ACTION, "what": "has a new owner"},
    },
    "action_list": {
        "smallest": {"page": ActionsFound([], 1, 0, 0, ["mine"]), "turn": turn},
        "usual": {
            "page": ActionsFound([ActionOf(action(), "WP-NE", "Priya Nair", late=True)] * 2, 1, 2, 2, []),
            "turn": turn,
        },
        "largest": {
            "page": ActionsFound(
                [ActionOf(LARGE_ACTION.item, LONG["reference"], NAME, late=True)] * 10, 2, 1234, 1234, ["late", NAME]
            ),
            "turn": turn,
        },
    },
    "contact_list": {
        "smallest": {"page": ContactsFound([], 1, 0, ["staffing"]), "turn": turn},
        "usual": {"page": ContactsFound([Line(contact(), "WP-NE", "Amira Shah")] * 2, 1, 2, []), "turn": turn},
        "largest": {
            "page": ContactsFound([Line(LARGE_ENTRY, LONG["reference"], NAME)] * 10, 2, 1234, ["call", NAME]),
            "turn": turn,
        },
    },
    "contact_page": {
        "smallest": {"page": ContactPage(contact(summary="A"), facts(sample=False), "B", None, None)},
        "usual": {
            "page": ContactPage(contact(decisions="Two more advisers"), facts(), "Amira Shah", contact(id=3), None)
        },
        "taken_back": {"page": ContactPage(contact(), facts(), "Amira Shah", None, TAKEN_BACK)},
        "largest": {
            "page": ContactPage(LARGE_ENTRY, facts(**LONG, partner=NAME), NAME, LARGE_ENTRY, contact(id=2**61))
        },
    },
    "contact_taken_back": {
        "smallest": {"contact": contact(id=1)},
        "usual": {"contact": contact()},
        "largest": {"contact": LARGE_ENTRY},
    },
    "contact_logged": {"smallest": SMALL_CONTACT, "usual": USUAL_CONTACT, "largest": LARGE_CONTACT},
    "form_late": {"usual": {}},
    "help": {
        "smallest": {"command": MESSAGES.commands["/risk"]},
        "usual": {"command": MESSAGES.commands["/contact"]},
        "largest": {"command": MESSAGES.commands["/contract"]},
    },
    "problem": {
        "smallest": {"sentence": "Enter a title.", "typed": "/risk", "command": "/risk", "example": EXAMPLE},
        "usual": {
            "sentence": "No contract of yours fits “WP-EN”. Did you mean WP-NE?",
            "typed": "/contact call WP-EN Agreed the staffing plan",
            "command": "/contact",
            "example": EXAMPLE,
        },
        "largest": {
            "sentence": long_text(400),
            "typed": f"/progress report {WORDS}",
            "command": "/progress",
            "example": EXAMPLE,
        },
    },
    "progress_list": {
        "smallest": {"page": ReportPage([], 1, {})},
        "none_late": {"page": ReportPage([], 1, {Stands.DUE: 3}, late_only=True)},
        "usual": {
            "page": ReportPage(
                [open_report(each, 19 if each is Stands.LATE else 0) for each in Stands],
                1,
                dict.fromkeys(Stands, 1),
            )
        },
        "late": {"page": ReportPage([open_report(Stands.LATE, 1)], 1, {Stands.LATE: 1, Stands.DUE: 3}, True)},
        "largest": {
            "page": ReportPage(
                [replace(open_report(Stands.LATE, 1234), title=TITLE, partner=NAME)] * 10,
                2,
                dict.fromkeys(Stands, 1234),
            )
        },
    },
    "report_prompt": {
        "smallest": {"due": due(kpis(0), about=contract(sample=False)), "missed": None},
        "usual": {"due": due(kpis(2)), "missed": None},
        "late": {"due": due(kpis(1), late=3), "missed": MONDAY},
        "largest": {"due": due(LARGE_KPIS, late=1234, about=LATE_CONTRACT, partner=NAME), "missed": MONDAY},
    },
    "report_received": {
        "smallest": {"received": received(kpis(0), about=contract(sample=False))},
        "usual": {"received": received(kpis(2), narrative="Two advisers left in December.")},
        "no_figure": {"received": received(kpis(1), None, by_partner=False)},
        "queried": {"received": QUERIED_REPORT},
        "answered": {"received": ANSWERED_REPORT},
        "accepted": {"received": ACCEPTED_REPORT},
        "largest": {
            "received": received(
                LARGE_KPIS, Decimal("98765432.1234"), narrative=WORDS, about=LATE_CONTRACT, reporter=NAME, late=1234
            )
        },
    },
    "report_notice": {
        "smallest": {"received": received(kpis(0), about=contract(sample=False))},
        "usual": {"received": USUAL_REPORT},
        "queried": {"received": QUERIED_REPORT},
        "accepted": {"received": ACCEPTED_REPORT},
        "largest": {"received": LARGE_REPORT},
    },
    "report_queried": {
        "smallest": {"received": decided(received(kpis(0), about=contract(sample=False)), ReportDecision.QUERIED, "A")},
        "usual": {"received": QUERIED_REPORT},
        "answered": {"received": ANSWERED_REPORT},
        "accepted": {"received": decided(USUAL_REPORT, ReportDecision.ACCEPTED, QUESTION)},
        "largest": {"received": LARGE_REPORT},
    },
    "report_card": {
        "smallest": {"card": report_card(None, due(kpis(0)), may=False, about=facts(sample=False))},
        "usual": {"card": report_card(USUAL_REPORT, due(kpis(2)))},
        "awaited": {"card": report_card(None, due(kpis(2), late=3))},
        "queried": {"card": report_card(QUERIED_REPORT, due(kpis(2)))},
        "accepted": {"card": report_card(ACCEPTED_REPORT, due(kpis(2)), may=False)},
        "largest": {"card": report_card(LARGE_REPORT, LARGE_DUE, about=facts(**LONG, partner=NAME))},
    },
    "kpi_history": {
        "smallest": {"history": KpiHistory(facts(sample=False), kpi(1), [])},
        "usual": {"history": KpiHistory(facts(), kpi(1), kpi_line(1, "98.2", None, "99.4").figures)},
        "lower": {"history": KpiHistory(facts(), LOW_KPIS[0], kpi_line(1, "0.8").figures)},
        "no_figure": {"history": KpiHistory(facts(), kpi(1), kpi_line(1, None).figures)},
        "largest": {
            "history": KpiHistory(
                facts(**LONG),
                kpi(1, name=NAME, definition=WORDS[:1000], good=Decimal("99999999.9999")),
                kpi_line(1, *["12345678.1234"] * 24).figures,
            )
        },
    },
    "risk_notice": {
        "smallest": {"card": card(owner=HELEN, about=facts(sample=False), title="A")},
        "usual": {"card": card(owner=HELEN, detail="Pay is higher next door.")},
        "acknowledged": {"card": ACKNOWLEDGED},
        "largest": {"card": LARGE_CARD},
    },
    "risk_ping": {
        "smallest": {"card": card(owner=HELEN, about=facts(sample=False), title="A")},
        "usual": {"card": card(owner=HELEN, detail="Pay is higher next door.")},
        "acknowledged": {"card": ACKNOWLEDGED},
        "largest": {"card": LARGE_CARD},
    },
    "risk_raised": {
        "smallest": {"card": SMALL_CARD},
        "usual": {"card": card(owner=HELEN)},
        "nobody_to_ask": {"card": card()},
        "largest": {"card": LARGE_CARD},
    },
    "risk_list": {
        "smallest": {"page": RiskPage([], 1, 0, ["mine"]), "turn": turn},
        "usual": {
            "page": RiskPage(
                [listed_risk(1), listed_risk(2, overdue=False), listed_risk(3, happened=True)], 1, 3, [], 1
            ),
            "turn": turn,
        },
        "largest": {
            "page": RiskPage(
                [
                    listed_risk(2**50 + n, contract=LONG["reference"], title=long_text(200), owner=NAME)
                    for n in range(10)
                ],
                2,
                1234,
                [NAME],
                567,
            ),
            "turn": turn,
        },
    },
    "risk_sheet": {
        "smallest": {"sheet": replace(risk_sheet(detail=""), may_manage=False), "done": ""},
        "usual": {"sheet": risk_sheet(ASSESSED, AS_RAISED, response=RiskResponse.TREAT), "done": ""},
        "responded": {
            "sheet": risk_sheet(AS_RAISED, response=RiskResponse.TREAT, response_note="Recruit 6 advisers by March"),
            "done": "response",
        },
        "issue": {
            "sheet": risk_sheet(AS_RAISED, status=RiskStatus.ISSUE, happened="Nine of 40 advisers have left."),
            "done": "issue",
        },
        "closed": {"sheet": risk_sheet(AS_RAISED, **CLOSED), "done": "closed"},
        "handed_over": {"sheet": risk_sheet(AS_RAISED), "done": "owner"},
        "largest": {"sheet": LARGE_SHEET, "done": "closed"},
    },
    "sentence": {
        "smallest": {"sentence": "No."},
        "usual": {"sentence": "Helen Marsh acknowledged this on 4 January 2027 at 9:12am."},
        "largest": {"sentence": long_text(1000)},
    },
    "weekly_summary": {
        "smallest": {"summary": NOTHING, "missed": None},
        "usual": {"summary": USUAL, "missed": None},
        "late": {"summary": USUAL, "missed": MONDAY},
        "forty": {"summary": full_summary(40, TITLE, f"{NAME}: 98% against 99%", NAME), "missed": None},
        "largest": {"summary": full_summary(120, TITLE, f"{NAME}: 98% against 99%", NAME), "missed": MONDAY},
    },
    "withheld": {
        "smallest": {"contract": "A", "channel": "C1", "text": "A", "reason": "B"},
        "usual": {
            "contract": "WP-NE",
            "channel": "C0WPNE",
            "text": "Very high risk R-9 on WP-NE",
            "reason": "another organisation is in that channel",
        },
        "largest": {
            "contract": LONG["reference"],
            "channel": "C" + "0" * 39,
            "text": WORDS,
            "reason": "an organisation that is not the contract's partner is in that channel",
        },
    },
}
VIEW_CONTEXTS: dict[str, dict[str, Context]] = {
    "partner_added": {
        "smallest": {"partner": organisation("A", "a")},
        "usual": {"partner": organisation()},
        "largest": {"partner": organisation(NAME, "k" * 40)},
    },
    "partner_changed": {
        "smallest": {"changed": ChangedPartner(organisation("A"), {})},
        "usual": {"changed": ChangedPartner(organisation(), CHANGED_NAME)},
        "largest": {"changed": ChangedPartner(organisation(NAME), LARGE_CHANGES)},
    },
    "partner_form": {
        "smallest": {"partner": None, "teams": "", "kinds": KINDS},
        "usual": {"partner": organisation(), "teams": "T0NORTHGATE T0OTHER", "kinds": KINDS},
        "largest": {"partner": organisation(NAME), "teams": ("T" + "0" * 39 + " ") * 20, "kinds": KINDS},
    },
    "partner_people_done": {
        "smallest": {"people": PartnerPeople(organisation("A"), [], [])},
        "usual": {"people": PartnerPeople(organisation(), [HELEN], [HELEN])},
        "largest": {"people": PartnerPeople(organisation(NAME), [LONG_NAME] * 150, [LONG_NAME] * 150)},
    },
    "partner_people_form": {
        "smallest": {"people": PartnerPeople(organisation("A"), [], [])},
        "usual": {"people": PartnerPeople(organisation(), [HELEN], [])},
        "largest": {"people": PartnerPeople(organisation(NAME), crowd(100), crowd(100))},
    },
    "contact_done": {
        "smallest": {**SMALL_CONTACT, "corrects": "", "actions": []},
        "usual": {**USUAL_CONTACT, "corrects": "", "actions": [USUAL_ACTION]},
        "corrected": {**USUAL_CONTACT, "corrects": "C-3", "actions": []},
        "largest": {**LARGE_CONTACT, "corrects": LARGE_ENTRY.reference, "actions": [LARGE_ACTION] * 60},
    },
    "contact_form": {
        "smallest": {"contracts": ONE, **ON_CONTACTS},
        "usual": {"contracts": TWELVE, **ON_CONTACTS, "chosen": "WP-002"},
        "correcting": {
            "contracts": TWELVE,
            **ON_CONTACTS,
            "chosen": "WP-002",
            "contact": contact(formal_notice=True),
            "corrects": "C-7",
        },
        "from_message": {
            "contracts": TWELVE,
            **ON_CONTACTS,
            "chosen": "WP-002",
            "contact": contact(channel=ContactChannel.MESSAGE, made_by=MadeBy.PARTNERS, attendees="Priya Nair"),
        },
        "largest": {
            "contracts": LOTS,
            **ON_CONTACTS,
            "chosen": "WP-100",
            "contact": LARGE_ENTRY,
            "corrects": LARGE_ENTRY.reference,
        },
    },
    "contract_added": {
        "smallest": {"contract": contract(reference="A", title="B")},
        "usual": {"contract": contract()},
        "largest": {"contract": contract(**LONG)},
    },
    "contract_changed": {
        "smallest": {"changed": ChangedContract(contract(reference="A", title="B"), {})},
        "usual": {"changed": ChangedContract(of_the_act(), CHANGES, NOTICE)},
        "largest": {"changed": ChangedContract(of_the_act(**LONG), LARGE_CHANGES, NOTICE)},
    },
    "contract_form": {
        "smallest": {"contract": None, "version": 0, "partners": [("A", "a")], "partner": "", **FORMS},
        "usual": {
            "contract": contract(light_touch=True),
            "version": 12,
            "partners": [("Northgate Futures Ltd", "northgate"), ("Harbour Lane Trust", "harbour-lane")],
            "partner": "northgate",
            **FORMS,
        },
        "largest": {
            "contract": contract(
                purpose=WORDS,
                objectives=WORDS,
                kpi_exemption=long_text(300),
                documents=long_text(2000),
                tier=long_text(20),
                ocds_id=long_text(60),
                notice_id=long_text(20),
                value_pounds=10**12,
                value_with_vat_pounds=10**12,
                service_credit_cap=Decimal("12.5"),
                **LONG,
            ),
            "version": 2**50,
            "partners": [(NAME, str(n)) for n in range(101)],
            "partner": NAME,
            **FORMS,
        },
    },
    "deputies_form": {
        "smallest": {"people": people(holder(RoleName.VIEWER, HELEN))},
        "usual": {"people": TEAM},
        "largest": {"people": CROWD},
    },
    "away_done": {
        "smallest": {"leave": OwnLeave([absence(4, 8)], [], [])},
        "usual": {"leave": LEAVE},
        "largest": {"leave": LONG_LEAVE},
    },
    "away_form": {
        "smallest": {"leave": OwnLeave([], [], []), "today": date(2027, 1, 4)},
        "usual": {"leave": LEAVE, "today": date(2027, 1, 4)},
        "largest": {"leave": LONG_LEAVE, "today": date(2027, 1, 4)},
    },
    "setup_done": {"smallest": {"name": "A"}, "usual": {"name": "Amira Shah"}, "largest": {"name": NAME}},
    "setup_form": {"usual": {}},
    "home": {
        "smallest": {"page": Page([], 1, 0, []), "name": "A"},
        "usual": {"page": Page([listed(1, rating=Rating.INADEQUATE), listed(2)], 1, 2, [], 1), "name": "Amira Shah"},
        "largest": {
            "page": Page([listed(n, title=TITLE, partner=NAME) for n in range(1, 31)], 1, 1234, [], 567),
            "name": NAME,
        },
    },
    "home_of_partner": {
        "smallest": {"contracts": []},
        "usual": {"contracts": [facts()]},
        "largest": {"contracts": [facts(**LONG)] * 120},
    },
    "home_without": {
        "smallest": {"sentence": "No."},
        "usual": {"sentence": "Liaison does not know you yet, so nothing was done."},
        "largest": {"sentence": long_text(1000)},
    },
    "people_done": {"smallest": {"people": people()}, "usual": {"people": TEAM}, "largest": {"people": CROWD}},
    "people_form": {
        "smallest": {"people": people(), "roles": list(RoleName)},
        "usual": {"people": TEAM, "roles": list(RoleName)},
        "largest": {"people": CROWD, "roles": list(RoleName)},
    },
    "stage_form": {
        "smallest": {"contract": contract(reference="A", title="B"), "stages": list(Stage)},
        "usual": {"contract": contract(), "stages": list(Stage)},
        "largest": {"contract": contract(**LONG), "stages": list(Stage)},
    },
    "progress_choose": {
        "smallest": {"contracts": ONE},
        "usual": {"contracts": TWELVE},
        "largest": {"contracts": LOTS},
    },
    "report_done": {
        "smallest": {"received": received(kpis(1))},
        "usual": {"received": received(kpis(2), narrative="Two advisers left in December.")},
        "largest": {"received": received(LARGE_KPIS, narrative=WORDS, about=LATE_CONTRACT, reporter=NAME, late=1234)},
    },
    "report_form": {
        "smallest": {"due": due(kpis(0))},
        "usual": {"due": due([kpi(1), *LOW_KPIS[1:]], late=1)},
        "queried": {
            "due": replace(due(kpis(2)), report=QUERIED_REPORT.report, figures={1: Decimal("98.5"), 2: Decimal(1200)})
        },
        "largest": {"due": LARGE_DUE},
    },
    "report_query_form": {
        "smallest": {"received": received(kpis(0))},
        "usual": {"received": USUAL_REPORT},
        "largest": {"received": LARGE_REPORT},
    },
    "report_query_done": {
        "smallest": {"queried": Queried(QUERIED_REPORT, False)},
        "usual": {"queried": Queried(QUERIED_REPORT, True)},
        "largest": {"queried": Queried(LARGE_REPORT, False)},
    },
    "risk_owner_done": {
        "smallest": {"sheet": risk_sheet(title="A")},
        "usual": {"sheet": risk_sheet()},
        "largest": {"sheet": LARGE_SHEET},
    },
    "risk_owner_form": {
        "smallest": {"sheet": risk_sheet(title="A")},
        "usual": {"sheet": risk_sheet()},
        "largest": {"sheet": LARGE_SHEET},
    },
    "risk_review_form": {
        "smallest": {"found": ToReview(USUAL_RISK.risk, facts(), 0, "", None), **SCALES},
        "usual": {"found": ToReview(USUAL_RISK.risk, facts(), 7, "Amira Shah", LAST), **SCALES},
        "largest": {"found": LARGE_REVIEW, **SCALES},
    },
    "risk_reviewed": {
        "smallest": {"reviewed": Reviewed(SMALL_CARD, Band.LOW)},
        "usual": {"reviewed": Reviewed(card(owner=HELEN), Band.MEDIUM, asked=True)},
        "waiting": {"reviewed": Reviewed(USUAL_RISK, Band.HIGH, waiting_for="Helen Marsh")},
        "acknowledged": {"reviewed": Reviewed(USUAL_RISK, Band.VERY_HIGH)},
        "nobody_to_ask": {"reviewed": Reviewed(USUAL_RISK, Band.HIGH, asked=True)},
        "largest": {"reviewed": Reviewed(LARGE_CARD, Band.HIGH, asked=True)},
    },
    "risk_done": {
        "smallest": {"card": SMALL_CARD},
        "usual": {"card": card(owner=HELEN)},
        "largest": {"card": LARGE_CARD},
    },
    "risk_form": {
        "smallest": {"contracts": ONE, **ON_RISKS},
        "usual": {"contracts": TWELVE, **ON_RISKS, "chosen": "WP-002"},
        "largest": {"contracts": LOTS, **ON_RISKS, "chosen": "WP-100"},
    },
}


RENDERS = [
    Render(template, size, context, make)
    for contexts, make in ((MESSAGE_CONTEXTS, MESSAGES.message), (VIEW_CONTEXTS, MESSAGES.view))
    for template, sizes in contexts.items()
    for size, context in sizes.items()
]
MESSAGE_RENDERS = [render for render in RENDERS if render.template in MESSAGE_CONTEXTS]
