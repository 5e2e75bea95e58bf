"""Contracts: pages, lists, forms, people, channels."""

from datetime import date
from decimal import Decimal
from typing import Any

from bot.domain.calendar import Nation
from bot.domain.change_notice import change_notice
from bot.domain.channel_ends import ChannelEnd
from bot.domain.deadlines import parse_deadline
from bot.domain.duties import Regime, Supplies
from bot.domain.figures import RoundedPounds
from bot.domain.ratings import Rating
from bot.interactions import record_forms
from bot.interactions.record_forms import Options
from bot.models import (
    Absence,
    Audience,
    Contract,
    Person,
    RoleName,
)
from bot.records import ContractRecord
from bot.services.contracts.contract_channels import Binding
from bot.services.contracts.contract_edit import ChangedContract
from bot.services.contracts.contract_history import ContractHistory, HistoryEntry
from bot.services.contracts.contract_people import Holder
from bot.services.due.contract_dates import ContractDate, ContractDates
from bot.services.due.contract_duties import duties_of
from bot.services.due.duties import FORM as DONE
from bot.services.pages.contracts import ContractListPage
from bot.services.people.slack_changes import BoundChannel
from handlers.contract_forms import NEW
from tests.builders import CALENDAR, MONDAY, contract, facts, person
from tests.unit.renders.common import (
    HELEN,
    LARGE_CHANGES,
    LONG,
    LONG_NAME,
    NAME,
    TITLE,
    TODAY,
    WORDS,
    Contexts,
    absence,
    large_card,
    listed,
    long_text,
    people,
    small_card,
    turn,
    usual_card,
)

PARTNERS = [("Northgate Futures Ltd", "northgate"), ("Harbour Lane Trust", "harbour-lane")]


def form(kept: Contract | None, partner: str = "", partners: Options = PARTNERS) -> dict[str, Any]:
    """The form of a new contract, or of one that there is."""
    values = {**ContractRecord.kept_in(kept), "partner": partner} if kept else NEW
    but = ("reference",) if kept else ()
    return {"contract": kept, "inputs": record_forms.inputs(ContractRecord, values, {"partner": partners}, but=but)}


def holder(role: RoleName, who: Person, deputy: Person | None = None, *leave: Absence) -> Holder:
    return Holder(role, who, deputy, leave)


def entry(number: int = 1, **changes: Any) -> HistoryEntry:  # noqa: ANN401  # whichever facts a case is about
    usual: dict[str, Any] = {
        "at": MONDAY,
        "who": "Amira Shah",
        "action": "contract changed",
        "subject": "WP-NE",
        "changes": {"end": ["31 March 2029", "31 March 2031"]},
        "why": "The first option was taken up",
        "is_redacted": False,
    }
    return HistoryEntry(**{**usual, **changes})


def of_the_act(**changes: Any) -> Contract:  # noqa: ANN401  # whichever columns a case is about
    act_contract = {"regime": Regime.ACT_2023, "start_date": date(2026, 4, 1), "end_date": date(2030, 3, 31)}
    return contract(**{**act_contract, **changes})


CHANGES = {"end": ["31 March 2029", "31 March 2031"], "value in pounds, without VAT": ["84,000,000", "90,000,000"]}
CROWD = people(
    *(holder(RoleName.PARTNER_CONTACT, person(NAME, f"U{n:030}", n), LONG_NAME, absence(4, 8)) for n in range(1, 121)),
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

MESSAGE_CONTEXTS: Contexts = {
    "contracts/channel_shared": {
        "smallest": {"channel": BoundChannel("C1", None, False), "newcomer": "A"},
        "usual": {"channel": BoundChannel("C0WPNE", facts(), False), "newcomer": "Harbour Lane Trust"},
        "with_partner": {
            "channel": BoundChannel("C0WPNENG", facts(), True),
            "newcomer": "An organisation that is not in the register (team T0OTHER)",
        },
        "largest": {"channel": BoundChannel("C" + "0" * 39, facts(**LONG, partner=NAME), True), "newcomer": NAME},
    },
    "contracts/channel_ended": {
        "smallest": {"channel": BoundChannel("C1", None, False), "end": ChannelEnd.DELETED},
        "usual": {"channel": BoundChannel("C0WPNE", facts(), False), "end": ChannelEnd.ARCHIVED},
        "without_liaison": {"channel": BoundChannel("C0WPNENG", facts(), True), "end": ChannelEnd.LEFT},
        "largest": {
            "channel": BoundChannel("C" + "0" * 39, facts(**LONG, partner=NAME), True),
            "end": ChannelEnd.LEFT,
        },
    },
    "contracts/member_left": {
        "smallest": {"channel": BoundChannel("C1", facts(), True), "name": "A"},
        "usual": {"channel": BoundChannel("C0WPNENG", facts(), True), "name": "Priya Nair"},
        "largest": {"channel": BoundChannel("C" + "0" * 39, facts(**LONG, partner=NAME), True), "name": NAME},
    },
    "contracts/page": {
        "smallest": {"card": small_card()},
        "usual": {"card": usual_card()},
        "largest": {"card": large_card()},
    },
    "contracts/list": {
        "smallest": {"page": ContractListPage([], 1, 0, ["gold"]), "turn": turn},
        "usual": {
            "page": ContractListPage(
                [listed(1), listed(2, rating=Rating.GOOD), listed(3, rating=Rating.OTHER, has_report=False)], 1, 3, []
            ),
            "turn": turn,
        },
        "largest": {
            "page": ContractListPage(
                [listed(n, title=TITLE, partner=NAME) for n in range(1, 11)], 2, 1234, ["gold", NAME]
            ),
            "turn": turn,
        },
    },
    "contracts/channel_bound": {
        "smallest": {"binding": Binding("C1", Audience.INTERNAL, None)},
        "usual": {"binding": Binding("C0WPNE", Audience.INTERNAL, "WP-NE")},
        "shared": {"binding": Binding("C0WPNENG", Audience.SHARED, "WP-NE")},
        "new_to_partner": {"binding": Binding("C0WPNENG", Audience.SHARED, "WP-NE", tell_key=facts().public_id)},
        "told": {"binding": Binding("C0WPNENG", Audience.SHARED, "WP-NE", told=1)},
        "largest": {"binding": Binding("C" + "0" * 39, Audience.SHARED, LONG["reference"], "C" + "1" * 39, told=1234)},
    },
    "contracts/channel_welcome": {
        "smallest": {"contract": facts(reference="A", title="B", sample=False)},
        "usual": {"contract": facts()},
        "largest": {"contract": facts(**LONG, partner=NAME)},
    },
    "contracts/channel_released": {
        "smallest": {"binding": Binding("C1", Audience.INTERNAL, None)},
        "usual": {"binding": Binding("C0WPNE", Audience.INTERNAL, "WP-NE")},
        "largest": {"binding": Binding("C" + "0" * 39, Audience.SHARED, LONG["reference"])},
    },
    "contracts/dates": {
        "smallest": {"dates": ContractDates(contract(), [ContractDate("End", date(2029, 3, 31))], []), **TODAY},
        "usual": {
            "dates": ContractDates(
                contract(),
                [
                    ContractDate("Milestone, the partner's: Open the office", date(2026, 12, 1), date(2026, 11, 27)),
                    ContractDate(
                        "Obligation, ours: Send referrals",
                        date(2027, 1, 8),
                        working=parse_deadline("10 working days after 22 December 2026").working(
                            CALENDAR.of(Nation.ENGLAND_AND_WALES)
                        ),
                        form=DONE,
                        key="key-of-a-record0",
                    ),
                ],
                ["Obligation, ours: Pay within 30 days (clause 12)"],
            ),
            **TODAY,
        },
        "largest": {
            "dates": ContractDates(
                contract(**LONG),
                [
                    ContractDate(TITLE * 2, date(2026, 11, 22), working=TITLE * 3, form=each, key="key-of-a-record0")
                    for each in (DONE, None) * 60
                ],
                [TITLE * 2] * 40,
            ),
            **TODAY,
        },
    },
    "contracts/duties": {
        "smallest": {"found": duties_of(contract(), 2)},
        "usual": {"found": duties_of(of_the_act(), 2)},
        "largest": {"found": duties_of(of_the_act(light_touch=True, **LONG), 0)},
    },
    "contracts/history": {
        "smallest": {"history": ContractHistory(facts(), [entry(changes={}, why="")], 1, 1)},
        "redacted": {
            "history": ContractHistory(
                facts(),
                [
                    entry(action="entry redacted", subject="entry 12", changes={}, why="A name was in it"),
                    entry(who="", subject="", changes={}, why="", is_redacted=True),
                ],
                1,
                2,
            )
        },
        "usual": {
            "history": ContractHistory(facts(), [entry(), entry(action="risk raised", subject="R-9", changes={})], 1, 2)
        },
        "largest": {
            "history": ContractHistory(
                facts(**LONG), [entry(who=NAME, changes=LARGE_CHANGES, why=TITLE * 2, subject=NAME[:80])] * 8, 2, 1234
            )
        },
    },
    "contracts/people": {
        "smallest": {"people": people(may_change=False), "today": date(2027, 1, 4)},
        "usual": {"people": TEAM, "today": date(2027, 1, 4)},
        "largest": {"people": CROWD, "today": date(2027, 1, 4)},
    },
    "contracts/stage_changed": {
        "smallest": {"changed": ChangedContract(contract(reference="A"), {})},
        "one_risk": {"changed": ChangedContract(contract(), {"stage": ["live delivery", "exit"]}, to_reassess=1)},
        "usual": {"changed": ChangedContract(contract(), {"stage": ["live delivery", "exit"]}, to_reassess=7)},
        "largest": {
            "changed": ChangedContract(contract(**LONG), {"stage": ["pre-procurement", "change or extension"]})
        },
    },
}
ROUNDED = [RoundedPounds(Decimal(each)).in_words for each in ("776888.48", "932266.18")]
VIEW_CONTEXTS: Contexts = {
    "contracts/added": {
        "smallest": {"contract": contract(reference="A", title="B"), "rounded": []},
        "usual": {"contract": contract(), "rounded": []},
        "largest": {"contract": contract(**LONG), "rounded": ROUNDED},
    },
    "contracts/changed": {
        "smallest": {"changed": ChangedContract(contract(reference="A", title="B"), {})},
        "usual": {"changed": ChangedContract(of_the_act(), CHANGES, NOTICE)},
        "rounded": {"changed": ChangedContract(contract(), CHANGES, rounded=ROUNDED[:1])},
        "largest": {"changed": ChangedContract(of_the_act(**LONG), LARGE_CHANGES, NOTICE, 7, ROUNDED)},
    },
    "contracts/form": {
        "smallest": form(None, partners=[("A", "a")]),
        "usual": form(contract(light_touch=True), "northgate"),
        "largest": form(
            contract(
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
            "7",
            [(NAME, str(n)) for n in range(101)],
        ),
    },
    "contracts/deputies_form": {
        "smallest": {"people": people(holder(RoleName.VIEWER, HELEN))},
        "usual": {"people": TEAM},
        "largest": {"people": CROWD},
    },
    "contracts/people_done": {
        "smallest": {"people": people()},
        "usual": {"people": TEAM},
        "largest": {"people": CROWD},
    },
    "contracts/people_form": {
        "smallest": {"people": people()},
        "usual": {"people": TEAM},
        "largest": {"people": CROWD},
    },
    "contracts/stage_form": {
        "smallest": {"contract": contract(reference="A", title="B")},
        "usual": {"contract": contract()},
        "largest": {"contract": contract(**LONG)},
    },
}
