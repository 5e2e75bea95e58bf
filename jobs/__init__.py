"""The schedule of all jobs, in one table."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from jobs import (
    deliver,
    documents,
    escalations,
    holidays,
    homes,
    lapsed,
    members,
    monthly,
    not_arrived,
    pinned,
    prompts,
    proposals,
    recurring,
    reminders,
    retention,
    sealing,
    summary,
    users,
    variances,
    welcomes,
)
from jobs.context import JobContext, Planned

LONDON = "Europe/London"
EVERY_TWO_SECONDS = IntervalTrigger(seconds=2, start_date=datetime(2026, 1, 1, tzinfo=UTC))
EVERY_SECOND = IntervalTrigger(seconds=1, start_date=datetime(2026, 1, 1, tzinfo=UTC))  # on the second
EVERY_MINUTE = IntervalTrigger(minutes=1, start_date=datetime(2026, 1, 1, tzinfo=UTC))
DAY_AND_NIGHT = IntervalTrigger(minutes=5, start_date=datetime(2026, 1, 1, tzinfo=UTC))
# Liaison messages nobody at night or at a weekend, so these jobs do not run then.
EVERY_FIVE_MINUTES = CronTrigger(day_of_week="mon-fri", hour="7-18", minute="*/5", timezone=LONDON)
AT_NIGHT = CronTrigger(hour=3, timezone=LONDON)
# At 9am much is posted at once. Later in the day each message may ask for itself.
BEFORE_THE_MORNING = CronTrigger(day_of_week="mon-fri", hour=8, minute="50-59", timezone=LONDON)


@dataclass(frozen=True)
class Job:
    """A job: `run` does its work at an instant; `plan` lists the messages it would send then, and changes nothing.

    `next_due` is the first instant at which it has work, for a job that can tell; None if it has none.
    """

    name: str
    what: str
    trigger: BaseTrigger
    run: Callable[[JobContext, datetime], Coroutine[Any, Any, int]]
    plan: Callable[[JobContext, datetime], Coroutine[Any, Any, list[Planned]]]
    at_once: int = 1
    next_due: Callable[[JobContext, datetime], Coroutine[Any, Any, datetime | None]] | None = None


# Deliveries may overlap: a slow channel does not delay the others, and a lease gives each message to one run.
# Prompts and summaries find what is due at this instant and claim each message, so running often costs
# nothing, and the next run makes up for an outage.
JOBS = (
    Job(
        "deliver",
        "send what is in the outbox",
        EVERY_SECOND,
        deliver.run,
        deliver.plan,
        at_once=30,
        next_due=deliver.next_due,
    ),
    Job(
        "holidays",
        "work days out again when bank holidays change",
        EVERY_FIVE_MINUTES,
        holidays.run,
        holidays.plan,
    ),
    Job(
        "documents",
        "tell partners of memos and policies, and count who has acknowledged them",
        EVERY_TWO_SECONDS,
        documents.run,
        documents.plan,
        next_due=documents.next_due,
    ),
    Job("prompt", "ask partners for the reports that are due", EVERY_FIVE_MINUTES, prompts.run, prompts.plan),
    Job(
        "recur",
        "make the next of obligations that come again",
        EVERY_FIVE_MINUTES,
        recurring.run,
        recurring.plan,
    ),
    Job(
        "homes",
        "draw App Home pages anew when what they show has changed",
        EVERY_TWO_SECONDS,
        homes.run,
        homes.plan,
        next_due=homes.next_due,
    ),
    Job(
        "remind",
        "remind people of what falls due (9am on working days)",
        EVERY_FIVE_MINUTES,
        reminders.run,
        reminders.plan,
    ),
    Job("lapsed", "tell both sides of certificates that have lapsed", EVERY_FIVE_MINUTES, lapsed.run, lapsed.plan),
    Job(
        "variance",
        "tell senior owners of months that vary from their profile by more than 10%",
        EVERY_FIVE_MINUTES,
        variances.run,
        variances.plan,
    ),
    Job(
        "escalate",
        "escalate what is late or falls short, and send up what nobody answers",
        EVERY_FIVE_MINUTES,
        escalations.run,
        escalations.plan,
    ),
    Job(
        "propose",
        "propose plans and interventions to whoever may act, where delivery falls short",
        EVERY_FIVE_MINUTES,
        proposals.run,
        proposals.plan,
    ),
    Job(
        "summary",
        "post the weekly performance summaries that are due",
        EVERY_FIVE_MINUTES,
        summary.run,
        summary.plan,
    ),
    Job(
        "users",
        "keep what Slack says of everybody in the workspace",
        EVERY_MINUTE,
        users.run,
        users.plan,
        next_due=users.next_due,
    ),
    Job(
        "members",
        "ask who is in the channels in which messages are posted",
        BEFORE_THE_MORNING,
        members.run,
        members.plan,
    ),
    Job("mend", "tell who can mend it what did not arrive", EVERY_FIVE_MINUTES, not_arrived.run, not_arrived.plan),
    Job(
        "pinned",
        "keep the pinned message of each shared channel up to date",
        EVERY_MINUTE,
        pinned.run,
        pinned.plan,
        next_due=pinned.next_due,
    ),
    Job("welcome", "welcome people to the roles that they have got", EVERY_FIVE_MINUTES, welcomes.run, welcomes.plan),
    Job(
        "seal",
        "seal the audit trail, and note its newest seal each day",
        DAY_AND_NIGHT,
        sealing.run,
        sealing.plan,
        next_due=sealing.next_due,
    ),
    Job("retention", "remove what is kept no longer (3am)", AT_NIGHT, retention.run, retention.plan),
    Job("monthly", "send senior owners their monthly summary", EVERY_FIVE_MINUTES, monthly.run, monthly.plan),
)


def job_named(name: str) -> Job:
    """The job with this name. Raises `LookupError`, which names the jobs."""
    for job in JOBS:
        if job.name == name:
            return job
    raise LookupError(f"There is no job {name!r}. The jobs are {', '.join(job.name for job in JOBS)}.")
