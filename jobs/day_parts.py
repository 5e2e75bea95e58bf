"""Day parts: the time before, in and after working hours.

Within one day part, an item that is due stays due until it is done: a job that finds no work at the last instant would
have found none earlier. So a rehearsal or a moved clock needs to look at only a few instants.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from bot.domain.calendar import DAY_ENDS
from bot.domain.london import london
from bot.domain.working_hours import DAY_BEGINS
from jobs import Job
from jobs.runner import tick


def day_part_of(at: datetime) -> tuple[date, int]:
    """The day part of an instant: its day in London, and whether before, in or after working hours."""
    local = london(at)
    return local.date(), (local.hour >= DAY_BEGINS) + (local.hour >= DAY_ENDS)


def is_in_working_hours(at: datetime) -> bool:
    """Whether an instant is in the working hours of its day, if that is a working day."""
    return day_part_of(at)[1] == 1


def rest_of_day_part(job: Job, first: datetime, by: datetime) -> Sequence[datetime]:
    """The instants of a job from `first` to the end of its day part, and none after `by`."""
    return list(_instants(job, first, by))


def _instants(job: Job, first: datetime, by: datetime) -> Iterator[datetime]:
    at, day_part = first, day_part_of(first)
    while at <= by and day_part_of(at) == day_part:
        yield at
        at = tick(job.trigger, at)
