"""What is said of forms in general: those that were kept."""

from bot.models import KeptForm
from tests.builders import MONDAY
from tests.unit.renders.common import TITLE, Contexts

KEPT = KeptForm(id=12, person_id=3, form="report_form", subject="12", entered={}, at=MONDAY)

MESSAGE_CONTEXTS: Contexts = {}
VIEW_CONTEXTS: Contexts = {
    "kept_form": {
        "smallest": {"kept": KEPT, "title": "Log", "days": 14},
        "usual": {"kept": KEPT, "title": "Report: December 2026", "days": 14},
        "largest": {"kept": KEPT, "title": TITLE, "days": 14},
    },
}
