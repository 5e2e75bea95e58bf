"""Bank holidays beside the published ones, and the due dates that they move."""

from datetime import date

from bot.domain.calendar import Nation
from bot.domain.due_kinds import DueKind
from bot.interactions import record_forms
from bot.models import ProclaimedDay
from bot.records import HolidayRecord
from bot.services.due.source import DueItem
from bot.services.holidays.moved_days import MovedDay
from bot.services.holidays.proclaimed import ChangedHoliday, HolidayList
from tests.unit.renders.common import LONG, NAME, Contexts, long_text

UNTIL = date(2028, 12, 31)
WORLD_CUP = ProclaimedDay(
    id=1,
    public_id="key-of-a-holiday",
    nation=Nation.SCOTLAND,
    day=date(2026, 6, 15),
    name="World Cup bank holiday",
    source="Royal Proclamation of 4 February 2026",
)
WORKED = ProclaimedDay(
    id=2,
    public_id="key-of-another-d",
    nation=Nation.ENGLAND_AND_WALES,
    day=date(2027, 5, 3),
    name="Worked as usual",
    is_holiday=False,
)
LONGEST = ProclaimedDay(
    id=3,
    public_id="key-of-a-long-on",
    nation=Nation.NORTHERN_IRELAND,
    day=date(2027, 9, 30),
    name=NAME,
    source=long_text(300),
)
ADDED = ChangedHoliday(Nation.SCOTLAND, date(2027, 1, 11), "Jubilee", is_holiday=True)
PROSPECTUS = MovedDay(
    DueItem(
        kind=DueKind.DELIVERABLE,
        subject_id=1,
        contract_id=1,
        what="Prospectus for the summer term",
        due_on=date(2027, 1, 20),
        rule="10 working days after 5 January 2027",
    ),
    "SK-SC",
    date(2027, 1, 19),
    date(2027, 1, 20),
)
LONG_ITEM = DueItem(
    kind=DueKind.OBLIGATION, subject_id=1, contract_id=1, what=long_text(300), due_on=date(2027, 9, 30), rule="x"
)
LONG_MOVED = MovedDay(LONG_ITEM, LONG["reference"], date(2027, 9, 29), date(2027, 9, 30))
WHY = "11 January 2027 is a bank holiday in Scotland"

MESSAGE_CONTEXTS: Contexts = {
    "holidays/published_end": {size: {"last": UNTIL} for size in ("smallest", "usual", "largest")},
    "holidays/list": {
        "smallest": {"list": HolidayList([], UNTIL)},
        "usual": {"list": HolidayList([WORKED, WORLD_CUP], UNTIL)},
        "largest": {"list": HolidayList([LONGEST] * 30, UNTIL)},
    },
    "holidays/changed": {
        "smallest": {"holiday": ChangedHoliday(Nation.SCOTLAND, date(2027, 1, 11), "Worked as usual", False)},
        "usual": {"holiday": ADDED},
        "largest": {"holiday": ChangedHoliday(Nation.ENGLAND_AND_WALES, date(2027, 9, 30), NAME, True)},
    },
    "holidays/moved": {
        "smallest": {"days": [PROSPECTUS], "why": WHY},
        "usual": {"days": [PROSPECTUS, PROSPECTUS], "why": WHY},
        "largest": {"days": [LONG_MOVED] * 40, "why": long_text(900)},
    },
}
VIEW_CONTEXTS: Contexts = {
    "holidays/form": {
        size: {"inputs": record_forms.inputs(HolidayRecord, {}, {})} for size in ("smallest", "usual", "largest")
    },
    "holidays/added": {
        "smallest": {"holiday": ADDED},
        "usual": {"holiday": ADDED},
        "largest": {"holiday": ChangedHoliday(Nation.ENGLAND_AND_WALES, date(2027, 9, 30), NAME, True)},
    },
}
