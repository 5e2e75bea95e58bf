"""What is said of forms in general: those that were kept, and those that cross with what another did."""

from bot.models import FormDraft
from bot.services.edit_conflicts import EditConflict, OtherEdit
from bot.services.progress.doubts import Doubts
from tests.builders import MONDAY
from tests.unit.renders.common import NAME, TITLE, Contexts, long_text

KEPT = FormDraft(id=12, person_id=3, form="report_form", subject="12", entered={}, at=MONDAY)

TIER = OtherEdit("Nadia Rahman", MONDAY, "contract changed", {"tier": ["gold", "silver"]}, "The value fell.")
LARGE = OtherEdit(NAME, MONDAY, "contract changed", {f"{n} {NAME}": [TITLE * 3] * 2 for n in range(40)}, long_text(300))
CHOICE = {"choice": "crossing", "theirs": "theirs"}

STARTS = "Starts within 15 working days: 0.972%, and the last 12 accepted were 95% to 98%. Did you mean 97.2%?"

MESSAGE_CONTEXTS: Contexts = {
    "forms/doubtful_figures": {
        "smallest": {"doubts": Doubts(["A"], "0")},
        "usual": {"doubts": Doubts([STARTS], "0123456789abcdef")},
        "largest": {"doubts": Doubts([long_text(400)] * 90, "0123456789abcdef")},
    },
    "forms/edit_conflict": {
        "smallest": {
            "crossed": EditConflict("P-12", [OtherEdit("import", MONDAY, "report received", {}, "")], 7),
            **CHOICE,
        },
        "usual": {"crossed": EditConflict("WP-NE", [TIER], 7), **CHOICE},
        "largest": {"crossed": EditConflict(TITLE, [LARGE] * 5, 7), **CHOICE},
    },
}
VIEW_CONTEXTS: Contexts = {
    "forms/edit_conflict_kept": {"usual": {}},
    "forms/draft": {
        "smallest": {"kept": KEPT, "title": "Log", "days": 14},
        "usual": {"kept": KEPT, "title": "Report: December 2026", "days": 14},
        "largest": {"kept": KEPT, "title": TITLE, "days": 14},
    },
}
