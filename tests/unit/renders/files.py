"""Files that were sent in a direct message."""

from bot.services.portfolio.dropped_files import DroppedFile, ImportPreview
from bot.services.portfolio.source import Rows
from tests.unit.renders.common import WORDS, Contexts

DROPPED = DroppedFile("F0FILE", "U0NADIA", Rows("contracts.yaml", {}))

MESSAGE_CONTEXTS: Contexts = {
    "files/import_done": {
        "smallest": {"done": "Nothing changed."},
        "usual": {"done": "Added 1 contract and 2 KPIs. Left alone: 12 rows."},
        "largest": {"done": WORDS},
    },
    "files/import_plan": {
        "smallest": {
            "preview": ImportPreview(DROPPED, ["contracts.yaml would add 0 and change 0 records."], 0, 0, "d", True)
        },
        "usual": {
            "preview": ImportPreview(
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
                True,
            )
        },
        "largest": {"preview": ImportPreview(DROPPED, [WORDS] * 60, 12345, 12345, "d" * 32, False)},
    },
}
VIEW_CONTEXTS: Contexts = {}
