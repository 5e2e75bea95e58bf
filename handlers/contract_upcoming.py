"""`/contract upcoming`: what will go out on one's contracts in the next ten working days."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.calendar import Nation, add_working_days
from bot.domain.london import london_instant
from bot.services.health import upcoming as coming
from bot.services.health.upcoming import Upcoming
from bot.services.work import Act
from handlers.arrivals import Command
from handlers.desk import Foresee
from handlers.one_line import first_in_lower_case
from handlers.outcome import Outcome

WORKING_DAYS = 10
WITHIN = timedelta(minutes=5)


def is_asked(command: Command) -> bool:
    """Whether a command asks for it: every job is rehearsed then, which takes longer than an acknowledgement may."""
    return first_in_lower_case(command.text.split(maxsplit=1))[:1] == ["upcoming"]


def upcoming(act: Act, words: list[str], foresee: Foresee) -> Outcome:
    """Rehearse the jobs, and show what is about the asker's contracts, or about the one that the words name."""
    typed = " ".join(words)
    coming.contracts_meant(act, typed)  # a wrong one is refused before anything is rehearsed
    last = add_working_days(act.today, WORKING_DAYS, Nation.ENGLAND_AND_WALES)
    until = london_instant(last, 23, 59)

    def then(act: Act, foreseen: Sequence[Upcoming]) -> Outcome:
        page = coming.upcoming(act, foreseen, until, typed)
        return Outcome.answers(act.messages.message("upcoming", page=page))

    return Outcome.after(lambda _slack: foresee(act.now, until), then, WITHIN)
