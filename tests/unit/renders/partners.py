"""Partners: lists, pages and forms."""

from datetime import date

from bot.domain.ratings import Rating
from bot.models import (
    Organisation,
    OrganisationKind,
    Person,
)
from bot.services.due.sources.reports import FORM as REPORT_FORM
from bot.services.pages.contract import ContractPage
from bot.services.pages.partner_list import ALONE, AMONG_OTHERS, PINNED, OpenLine, PartnerList
from bot.services.pages.partners import ListedPartner, OwnOrganisation, PartnerCard, PartnerListPage, PartnerOverview
from bot.services.partners.partner_edit import KINDS, ChangedPartner
from bot.services.partners.partner_people import PartnerPeople
from tests.builders import facts, person
from tests.unit.renders.common import (
    HELEN,
    LARGE_CHANGES,
    LONG,
    LONG_NAME,
    NAME,
    TITLE,
    Contexts,
    kpi_line,
    large_card,
    listed,
    long_text,
    small_card,
    usual_card,
)


def partner_page(card: ContractPage) -> PartnerCard:
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


def crowd(count: int) -> list[Person]:
    return [person(NAME, f"U{number:031}", number) for number in range(1, count + 1)]


def organisation(name: str = "Northgate Futures Ltd", key: str = "northgate") -> Organisation:
    return Organisation(id=2, key=key, name=name, kind=OrganisationKind.COMPANY)


def listed_partner(number: int, name: str = "Northgate Futures Ltd", contracts: int = 2) -> ListedPartner:
    rating = Rating.INADEQUATE if contracts else Rating.OTHER
    return ListedPartner(f"partner-{number}", name, OrganisationKind.COMMUNITY_INTEREST, contracts, 12, rating)


def overview(people: int, contracts: int, name: str = NAME, *, may_keep: bool = True) -> PartnerOverview:
    """A partner of whose people each third is a guest, and each second without a role."""
    known = [
        Person(id=n, slack=f"U0PERSON{n:031}", name=name, organisation_id=2, guest=n % 3 == 0)
        for n in range(1, people + 1)
    ]
    idle = frozenset(person.id for person in known if person.id % 2)
    teams = [f"T0TEAM{n:034}" for n in range(people)]
    rows = [listed(n, title=TITLE, partner=name, rating=Rating.OTHER) for n in range(1, contracts + 1)]
    return PartnerOverview(organisation(name), teams, known, idle, rows, may_keep)


WEDNESDAY = date(2027, 1, 6)
SMALL_LIST = PartnerList(facts(reference="A", title="B", partner="C", sample=False))
USUAL_LIST = PartnerList(
    facts(),
    owed=[
        OpenLine("Obligation of the partner: Staffing plan", date(2026, 12, 18), late=True),
        OpenLine("Report for December 2026", WEDNESDAY, form=REPORT_FORM, key="key-of-a-report1"),
    ],
    waiting=[
        OpenLine("Report for November 2026: to be accepted or queried", date(2026, 12, 3), since=True),
        OpenLine("Obligation of the department (clause 4.2): Send referrals by post code", date(2027, 1, 29)),
    ],
    told=[OpenLine("Change memo 3 to be acknowledged: Referral form", date(2026, 12, 17), late=True)],
    rated=[kpi_line(1, "98.2"), kpi_line(2, None)],
    period="November 2026",
)
LARGE_LINE = OpenLine(
    long_text(300),
    date(2026, 11, 22),
    late=True,
    note="not asked until 12 January 2027",
    form=REPORT_FORM,
    key="k" * 16,
)
LARGE_LIST = PartnerList(
    facts(**LONG, partner=NAME),
    owed=[LARGE_LINE] * 60,
    waiting=[LARGE_LINE] * 60,
    told=[LARGE_LINE] * 60,
    rated=[kpi_line(n, "12345678.1234", name=TITLE) for n in range(1, 61)],
    period="September 2026",
)

CHANGED_NAME = {"name": ["Northgate Futures Ltd", "Northgate Ltd"], "Slack workspaces": ["nothing", "T0NORTHGATE"]}

MESSAGE_CONTEXTS: Contexts = {
    "partners/pinned": {
        "smallest": {"list": SMALL_LIST},
        "usual": {"list": USUAL_LIST.within(PINNED)},
        "largest": {"list": LARGE_LIST.within(PINNED)},
    },
    "partners/lists": {
        "smallest": {"lists": [], "more": 0},
        "usual": {"lists": [USUAL_LIST], "more": 0},
        "largest": {"lists": [LARGE_LIST.within(AMONG_OTHERS)] * 3, "more": 120},
        "alone": {"lists": [LARGE_LIST.within(ALONE)], "more": 0},
    },
    "partners/released": {
        "smallest": {"contract": facts(reference="A", sample=False)},
        "usual": {"contract": facts()},
        "largest": {"contract": facts(**LONG)},
    },
    "partners/list": {
        "smallest": {"page": PartnerListPage([], 1, 0)},
        "usual": {"page": PartnerListPage([listed_partner(1), listed_partner(2, contracts=0)], 1, 2)},
        "largest": {"page": PartnerListPage([listed_partner(n, NAME, 1234) for n in range(10)], 2, 1234)},
    },
    "partners/overview": {
        "smallest": {"overview": overview(0, 0, "A", may_keep=False)},
        "usual": {"overview": overview(4, 2, "Northgate Futures Ltd")},
        "largest": {"overview": overview(200, 60)},
    },
    "partners/own": {
        "smallest": {"own": OwnOrganisation("A", OrganisationKind.CHARITY, ["B"], [])},
        "usual": {"own": OwnOrganisation("Northgate", OrganisationKind.COMPANY, ["Liam", "Priya"], [facts()])},
        "largest": {"own": OwnOrganisation(NAME, OrganisationKind.COMPANY, [NAME] * 120, [facts(**LONG)] * 120)},
    },
    "partners/contract_page": {
        "smallest": {"card": partner_page(small_card())},
        "usual": {"card": partner_page(usual_card())},
        "largest": {"card": partner_page(large_card())},
    },
    "partners/contracts": {
        "smallest": {"contracts": []},
        "usual": {"contracts": [facts()]},
        "largest": {"contracts": [facts(**LONG)] * 120},
    },
}
VIEW_CONTEXTS: Contexts = {
    "partners/added": {
        "smallest": {"partner": organisation("A", "a")},
        "usual": {"partner": organisation()},
        "largest": {"partner": organisation(NAME, "k" * 40)},
    },
    "partners/changed": {
        "smallest": {"changed": ChangedPartner(organisation("A"), {})},
        "usual": {"changed": ChangedPartner(organisation(), CHANGED_NAME)},
        "largest": {"changed": ChangedPartner(organisation(NAME), LARGE_CHANGES)},
    },
    "partners/form": {
        "smallest": {"partner": None, "teams": "", "kinds": KINDS},
        "usual": {"partner": organisation(), "teams": "T0NORTHGATE T0OTHER", "kinds": KINDS},
        "largest": {"partner": organisation(NAME), "teams": ("T" + "0" * 39 + " ") * 20, "kinds": KINDS},
    },
    "partners/people_done": {
        "smallest": {"people": PartnerPeople(organisation("A"), [], [])},
        "usual": {"people": PartnerPeople(organisation(), [HELEN], [HELEN])},
        "largest": {"people": PartnerPeople(organisation(NAME), [LONG_NAME] * 150, [LONG_NAME] * 150)},
    },
    "partners/people_form": {
        "smallest": {"people": PartnerPeople(organisation("A"), [], [])},
        "usual": {"people": PartnerPeople(organisation(), [HELEN], [])},
        "largest": {"people": PartnerPeople(organisation(NAME), crowd(100), crowd(100))},
    },
}
