"""What is said of forms in general: those that were kept, and those that cross with what another did."""

from bot.models import KeptForm
from bot.services.crossing import Change, Crossed
from tests.builders import MONDAY
from tests.unit.renders.common import NAME, TITLE, Contexts, long_text

KEPT = KeptForm(id=12, person_id=3, form="report_form", subject="12", entered={}, at=MONDAY)

TIER = Change("Nadia Rahman", MONDAY, "contract changed", {"tier": ["gold", "silver"]}, "The value fell.")
LARGE = Change(NAME, MONDAY, "contract changed", {f"{n} {NAME}": [TITLE * 3] * 2 for n in range(40)}, long_text(300))
CHOICE = {"choice": "crossing", "theirs": "theirs"}

MESSAGE_CONTEXTS: Contexts = {
    "crossing": {
        "smallest": {"crossed": Crossed("P-12", [Change("import", MONDAY, "report received", {}, "")], 7), **CHOICE},
        "usual": {"crossed": Crossed("WP-NE", [TIER], 7), **CHOICE},
        "largest": {"crossed": Crossed(TITLE, [LARGE] * 5, 7), **CHOICE},
    },
}
VIEW_CONTEXTS: Contexts = {
    "crossing_kept": {"usual": {}},
    "kept_form": {
        "smallest": {"kept": KEPT, "title": "Log", "days": 14},
        "usual": {"kept": KEPT, "title": "Report: December 2026", "days": 14},
        "largest": {"kept": KEPT, "title": TITLE, "days": 14},
    },
}
