"""App Home."""

from bot.domain.ratings import Rating
from bot.services.contracts.contract_list import Page
from tests.builders import facts
from tests.unit.renders.common import LONG, NAME, TITLE, Contexts, listed, long_text

MESSAGE_CONTEXTS: Contexts = {}
VIEW_CONTEXTS: Contexts = {
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
}
