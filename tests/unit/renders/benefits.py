"""The benefits of contracts."""

from dataclasses import replace
from decimal import Decimal

from bot.interactions import record_forms
from bot.models import Benefit
from bot.records import BenefitFigureRecord, BenefitRecord
from bot.services.money.benefits import BenefitCard, BenefitLine, BenefitList, BenefitMonth
from tests.builders import facts
from tests.unit.renders.common import LONG, NAME, Contexts, long_text

LARGE = facts(**LONG, partner=NAME)
MOST = Decimal(100_000_000)
ROW = Benefit(
    id=3, public_id="key-of-a-record0", contract_id=1, name="People in work for 26 weeks", unit="people",
    baseline=Decimal(96), owner_id=4,
)  # fmt: skip
MONTHS = [
    BenefitMonth("Nov 2026", Decimal(180), None),
    BenefitMonth("Oct 2026", Decimal(170), Decimal(149)),
    BenefitMonth("Sep 2026", Decimal(160), Decimal("155.5")),
]
USUAL = BenefitLine(ROW, "Helen Marsh", MONTHS)
BARE = BenefitLine(Benefit(**{**ROW.model_dump(), "baseline": None, "public_id": "key-of-a-record1"}), "Helen Marsh")
UNPLANNED = BenefitLine(
    Benefit(**{**ROW.model_dump(), "public_id": "key-of-a-record2"}),
    "Helen Marsh",
    [BenefitMonth("Oct 2026", Decimal(0), Decimal(5))],
)
LONG_ROW = Benefit(**{**ROW.model_dump(), "name": NAME, "unit": long_text(40), "baseline": -MOST})
HUGE = BenefitLine(LONG_ROW, NAME, [BenefitMonth("Nov 2026", MOST, MOST)] * 30)


def huge(count: int) -> list[BenefitLine]:
    keys = (f"key-of-a-record{n}" for n in range(count))
    return [replace(HUGE, benefit=Benefit(**{**LONG_ROW.model_dump(), "public_id": key})) for key in keys]


CARD = BenefitCard(facts(), USUAL, "is saved")

MESSAGE_CONTEXTS: Contexts = {
    "money/benefits": {
        "smallest": {"found": BenefitList(facts(sample=False), [])},
        "usual": {"found": BenefitList(facts(), [USUAL, BARE, UNPLANNED], can_change=True)},
        "of_viewer": {"found": BenefitList(facts(), [USUAL])},
        "largest": {"found": BenefitList(LARGE, huge(10), 1234, can_change=True)},
    },
    "money/benefit": {
        "smallest": {"card": BenefitCard(facts(), BARE, "is as it was")},
        "usual": {"card": CARD},
        "largest": {"card": BenefitCard(LARGE, HUGE, "is saved")},
    },
}
OPTIONS = {"owner": [("Helen Marsh", "U0HELEN"), (NAME, "U0LONG")]}


def inputs(known: dict[str, object]) -> list[record_forms.FormInput]:
    return record_forms.inputs(BenefitRecord, known, OPTIONS)


VIEW_CONTEXTS: Contexts = {
    "money/benefit_form": {
        "smallest": {"key": "key-of-a-contrac", "contract": facts(), "is_new": True, "inputs": inputs({})},
        "usual": {
            "key": "key-of-a-record0",
            "contract": facts(),
            "is_new": False,
            "inputs": inputs({**BenefitRecord.kept_in(ROW), "owner": "U0HELEN"}),
        },
        "largest": {
            "key": "key-of-a-record0",
            "contract": LARGE,
            "is_new": False,
            "inputs": inputs({**BenefitRecord.kept_in(LONG_ROW), "owner": "U0LONG"}),
        },
    },
    "money/benefit_figures_form": {
        "smallest": {
            "card": BenefitCard(facts(), BARE),
            "inputs": record_forms.inputs(BenefitFigureRecord, {"period": ""}, {}),
        },
        "usual": {
            "card": CARD,
            "inputs": record_forms.inputs(BenefitFigureRecord, {"period": "2026-12", "profile": Decimal(180)}, {}),
        },
        "largest": {
            "card": BenefitCard(LARGE, HUGE),
            "inputs": record_forms.inputs(BenefitFigureRecord, {"period": "2026-12", "profile": -MOST}, {}),
        },
    },
    "money/benefit_saved": {
        "smallest": {"card": BenefitCard(facts(), BARE, "is added")},
        "usual": {"card": CARD},
        "largest": {"card": BenefitCard(LARGE, HUGE, "is saved")},
    },
}
