"""How Liaison itself is doing."""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.not_arrived import Mend
from bot.models import OutboxState
from bot.services.health.given_up import GivenUp
from bot.services.health.health import Health, JobHealth, OutboxHealth
from bot.services.health.job_alerts import WatchedJob
from bot.services.health.not_arrived import MOST_LISTED, NotArrived
from bot.services.health.same_names import SameName
from bot.services.lookup.unpinned import Unpinned
from bot.services.pages.upcoming import Upcoming, UpcomingPage
from bot.services.trail.entries import StoredSeal
from tests.builders import DAY, MINUTE, MONDAY
from tests.unit.renders.common import LONG, NAME, WORDS, Contexts, long_text

NONE = dict.fromkeys(OutboxState, 0)
DELIVER = JobHealth(
    "deliver",
    "send what is in the outbox",
    MONDAY,
    MONDAY,
    None,
    "",
    MONDAY + timedelta(seconds=1),
    is_late=False,
    is_failing=False,
)
PROMPT = replace(
    DELIVER,
    name="prompt",
    what="ask partners for the reports that are due",
    succeeded_at=MONDAY - 3 * DAY,
    failed_at=MONDAY,
    reason="OperationalError",
    next_run_at=MONDAY + 5 * MINUTE,
    is_late=True,
    is_failing=True,
)
NEVER = replace(DELIVER, started_at=None, succeeded_at=None, is_late=True)
LONG_JOB = replace(PROMPT, name=long_text(40), what=long_text(150), reason=long_text(300))
LATE = WatchedJob("prompt", "ask partners for the reports that are due", MONDAY - 3 * DAY, "OperationalError")
LONG_LATE = WatchedJob(long_text(40), long_text(150), MONDAY, long_text(300))
COMING = Upcoming(
    MONDAY,
    "prompt",
    "C0WPNENG",
    "Northgate Futures Ltd: the report for December 2026 on WP-NE is due on 6 January 2027.",
    "the report for December 2026 on WP-NE is due on 6 January 2027",
    1,
    updates=False,
)
LONG_COMING = replace(COMING, channel="U" + "0" * 39, text=WORDS, why=long_text(300))
AT = {"now": MONDAY}

PROMPT_TEXT = "Northgate Futures Ltd: the report for December 2026 on WP-NE is due on 6 January 2027."
GONE = "nobody of the contract's partner is in that channel"
ARCHIVED, DEACTIVATED = "the channel is archived", "their Slack account is deactivated"
NO_CHANNEL = NotArrived(
    "The report for December 2026 on WP-NE is not asked for.",
    "WP-NE has no channel that is shared with its partner",
    Mend.BIND_FIRST,
    contract="WP-NE",
    asks_again=True,
    report=12,
)


def seal(number: int, last_id: int) -> StoredSeal:
    """A seal of the audit trail."""
    return StoredSeal(number, MONDAY, 1, last_id, [], "", "3f9a" * 16)


UNPINNED = Unpinned("the app may not pin messages. Install it again with the scope pins:write", ["WP-NE", "SE-CW"])

MESSAGE_CONTEXTS: Contexts = {
    "liaison/health": {
        "unpinned": {"health": Health([DELIVER], OutboxHealth(NONE, None), unpinned=[UNPINNED]), **AT},
        "calendar_ends": {
            "health": Health([DELIVER], OutboxHealth(NONE, None), published_until=date(2028, 12, 31)),
            **AT,
        },
        "smallest": {"health": Health([], OutboxHealth(NONE, None)), **AT},
        "well": {"health": Health([DELIVER], OutboxHealth({**NONE, OutboxState.SENT: 4}, None)), **AT},
        "usual": {
            "health": Health(
                [PROMPT, NEVER, replace(DELIVER, name="summary", what="post the weekly performance summary")],
                OutboxHealth(
                    {**NONE, OutboxState.PENDING: 2, OutboxState.DEAD: 1, OutboxState.WITHHELD: 1}, MONDAY - MINUTE
                ),
                [
                    SameName("Organisation", "", ["Harbour Lane Trust", "Harbour lane trust"]),
                    SameName("Milestone", "WP-NE", ["Site visit - March", "Site visit – March"]),
                ],
            ),
            **AT,
        },
        "largest": {
            "health": Health(
                [replace(LONG_JOB, is_late=late, is_failing=late) for late in (True, False) for _ in range(30)],
                OutboxHealth(dict.fromkeys(OutboxState, 10**9), MONDAY),
                [SameName("Obligation", "WP-NE", [NAME] * 9)] * 21,
            ),
            **AT,
        },
    },
    "liaison/not_arrived": {
        "smallest": {"items": [NotArrived("A", "B", Mend.LOOK, message=1)]},
        "no_channel": {"items": [NO_CHANNEL]},
        "usual": {
            "items": [
                NO_CHANNEL,
                NotArrived(PROMPT_TEXT, GONE, Mend.BIND, channel="C0WPNENG", contract="WP-NE", asks_again=True),
                NotArrived("6 contracts, 1 got worse", ARCHIVED, Mend.BIND_PORTFOLIO, channel="C0PORTFOLIO"),
                NotArrived("High risk R-2", DEACTIVATED, Mend.APPOINT, person="Helen Marsh", contract="WP-NE"),
                NotArrived("2 items are due", DEACTIVATED, Mend.APPOINT, person="Amira Shah"),
                NotArrived("Report received", "Liaison is not in the channel", Mend.INVITE, channel="C0WPNE"),
            ]
        },
        "largest": {
            "items": [NotArrived(WORDS, WORDS, Mend.APPOINT, person=NAME, contract=LONG["reference"], asks_again=True)]
            * MOST_LISTED
        },
    },
    "liaison/given_up": {
        "smallest": {"given_up": GivenUp(1, MONDAY)},
        "usual": {"given_up": GivenUp(12, MONDAY)},
        "largest": {"given_up": GivenUp(100_000, MONDAY)},
    },
    "liaison/jobs_late": {
        "smallest": {"jobs": [WatchedJob("deliver", "send what is in the outbox", None)]},
        "usual": {"jobs": [LATE, WatchedJob("summary", "post the weekly performance summary", MONDAY - 7 * DAY)]},
        "largest": {"jobs": [LONG_LATE] * 60},
    },
    "contracts/upcoming": {
        "smallest": {"page": UpcomingPage("", MONDAY, [])},
        "usual": {"page": UpcomingPage("WP-NE", MONDAY + 14 * DAY, [COMING, replace(COMING, updates=True)])},
        "largest": {"page": UpcomingPage(LONG["reference"], MONDAY, [LONG_COMING] * 90)},
    },
    "liaison/trail_sealed": {
        "smallest": {"seal": seal(1, 1)},
        "usual": {"seal": seal(57, 12_345)},
        "largest": {"seal": seal(2**62, 2**62)},
    },
    "liaison/jobs_recovered": {
        "smallest": {"jobs": [LATE]},
        "usual": {"jobs": [LATE, WatchedJob("summary", "post the weekly performance summary", MONDAY)]},
        "largest": {"jobs": [LONG_LATE] * 60},
    },
}
VIEW_CONTEXTS: Contexts = {}
