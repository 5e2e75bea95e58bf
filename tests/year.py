"""A second reading of the rules of what is sent when, written from their words and apart from the code: it goes through
the instants at which the jobs ran, in order, and counts days one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.calendar import Nation, published

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
REMINDERS = {"milestone": ((10, 5, 1, 0), 2), "report": ((5, 1, 0), 2), "contact": ((0,), 5)}
SPOKEN_WITHIN = 30
"""Calendar days in which somebody speaks with the partner, of the first tier."""
LATE_FOR = 250
LATE, LOOKS_BACK, ANSWERS_WITHIN = 5, 30, 4
"""Working days after which a late report goes up; calendar days after which nobody is asked any more; and the working
hours in which somebody answers, of the first tier."""
LADDER = ("CONTRACTMANAGER", "SENIOROWNER")
"""Who is on it: nobody is head of contract management, nor commercial director."""

Sent = tuple[datetime, str, str]
"""When, what kind of message, and of what."""


@dataclass(frozen=True)
class Due:
    """A milestone: when it is due and when it is met, if it is; on both sides of the agreement the same."""

    name: str
    on: date
    met: date | None


@dataclass(frozen=True)
class Agreement:
    """A contract: its nation, the working day by which it reports, and in how many days each month's report comes."""

    reference: str
    nation: Nation
    working_day: int
    weekly: tuple[int, int]
    """The weekday and the hour of its channel's summary."""
    dues: Sequence[Due]
    report_takes: Sequence[int | None]
    """For each month of the year, how many days after it opened the report comes; None for never."""


@dataclass
class Year:
    """What a year, or a part of one, brings, asked for an instant at a time."""

    agreements: Sequence[Agreement]
    first_day: date
    """The first of a month. The register knows the agreements since the day before; nobody speaks with the partners."""
    said: set[Sent] = field(default_factory=set)
    done: set[tuple[str, str]] = field(default_factory=set)
    reminded: dict[Nation, date] = field(default_factory=dict)
    opened: dict[tuple[str, str], date] = field(default_factory=dict)
    """The day of the run that found a month's report due to open."""
    asked: dict[tuple[str, str], list[datetime]] = field(default_factory=dict)
    """When somebody was asked about a month's report that is late; nothing more once it came."""

    def pass_through(self, instants: Sequence[datetime]) -> set[Sent]:
        """Everything that is said at these instants."""
        for at in instants:
            for each in self.agreements:
                self._prompts(at, each)
                self._weekly(at, f"channel of {each.reference}", *each.weekly, each.nation)
            self._weekly(at, "portfolio", 0, 9, Nation.ENGLAND_AND_WALES)
            self._monthly(at)
            for nation in Nation:
                self._reminders(at, nation)
            for each in self.agreements:
                self._escalations(at, each)
        return self.said

    def received(self, each: Agreement, month: str) -> date | None:
        """The day on which a month's report comes, after it was opened."""
        takes = each.report_takes[int(month[5:]) - 1]
        opened = self.opened.get((each.reference, month))
        return None if takes is None or opened is None else opened + takes * DAY

    def _say(self, at: datetime, kind: str, what: str, key: str) -> None:
        """Once for ever, and in working hours: what is due outside them waits."""
        if (kind, key) not in self.done:
            self.done.add((kind, key))
            self.said.add((at, kind, what))

    def _prompts(self, at: datetime, each: Agreement) -> None:
        for month in self._months_ended(at):
            if at < nine(nth_working_day(following(month), 1, each.nation)):
                continue
            self.opened.setdefault((each.reference, month), at.astimezone(LONDON).date())
            came = self.received(each, month)
            if works(at, each.nation) and (came is None or came > at.astimezone(LONDON).date()):
                self._say(at, "prompt", f"{each.reference} {month}", f"{each.reference} {month}")

    def _months_ended(self, at: datetime) -> Iterator[str]:
        month = f"{self.first_day - DAY:%Y-%m}"
        while following(month) <= at.astimezone(LONDON).date():
            yield month
            month = f"{following(month):%Y-%m}"

    def _weekly(self, at: datetime, channel: str, weekday: int, hour: int, nation: Nation) -> None:
        """The last one that is due by now, if it is not from before the beginning."""
        day = at.astimezone(LONDON).date() + 7 * DAY
        while True:
            if day.weekday() == weekday:
                due = instant(day, hour) if is_working_day(day, nation) else nine(next_working_day(day, nation))
                if due <= at:
                    break
            day -= DAY
        if due >= nine(self.first_day) and works(at, nation):
            self._say(at, "weekly", channel, f"{channel} {due}")

    def _monthly(self, at: datetime) -> None:
        month = at.astimezone(LONDON).date().replace(day=1)
        if at < nine(nth_working_day(month, 1, Nation.ENGLAND_AND_WALES)):
            month = (month - DAY).replace(day=1)
        if works(at, Nation.ENGLAND_AND_WALES):
            self._say(at, "monthly", "senior owner", str(month))

    def _reminders(self, at: datetime, nation: Nation) -> None:
        today = at.astimezone(LONDON).date()
        last = self.reminded.get(nation)
        if not works(at, nation) or last == today:
            return
        days = [today] if last is None else [last + n * DAY for n in range(1, (today - last).days + 1)]
        self.reminded[nation] = today
        for each in self.agreements:
            if each.nation is nation:
                for kind, name, due_on in self._open(each, today):
                    if any(speaks(kind, due_on, day, nation) for day in days if is_working_day(day, nation)):
                        self.said.add((at, "reminder", f"{each.reference} {name}"))

    def _open(self, each: Agreement, today: date) -> Iterator[tuple[str, str, date]]:
        for due in each.dues:
            if due.met is None or due.met > today:
                yield "milestone", due.name, due.on
        for reference, month in self.opened:
            came = self.received(each, month) if reference == each.reference else None
            if reference == each.reference and (came is None or came > today):
                yield "report", month, nth_working_day(following(month), each.working_day, each.nation)
        yield "contact", "Speak with the partner", self.first_day + (SPOKEN_WITHIN - 1) * DAY

    def _escalations(self, at: datetime, each: Agreement) -> None:
        """A late report goes up, and up again on silence; whoever was asked hears that it came."""
        today = at.astimezone(LONDON).date()
        for key in self.opened if works(at, each.nation) else ():
            reference, month = key
            if reference != each.reference:
                continue
            came, asked = self.received(each, month), self.asked.setdefault(key, [])
            due_on = nth_working_day(following(month), each.working_day, each.nation)
            about = f"{reference} {month}"
            if came is not None and came <= today:
                self.said.update((at, "escalation", f"{about} closed {LADDER[n]}") for n in range(len(asked)))
                self.asked[key] = []
            elif asked and len(asked) < len(LADDER) and hours_worked(asked[-1], at, each.nation) >= ANSWERS_WITHIN:
                self.said.add((at, "escalation", f"{about} {LADDER[len(asked)]}"))
                asked.append(at)
            elif not asked and (today - due_on).days <= LOOKS_BACK and days_late(due_on, today, each.nation) >= LATE:
                self.said.update({(at, "escalation", f"{about} {LADDER[0]}"), (at, "escalation", f"{about} notice")})
                asked.append(at)


def is_working_day(day: date, nation: Nation) -> bool:
    """Whether a day is worked in a nation, by the bank holidays that are published."""
    return day.weekday() < 5 and day not in published().of(nation).holidays


def days_late(due_on: date, today: date, nation: Nation) -> int:
    """How many working days a thing is late, counted one by one."""
    return sum(is_working_day(due_on + n * DAY, nation) for n in range(1, (today - due_on).days + 1))


def hours_worked(begin: datetime, end: datetime, nation: Nation) -> int:
    """The working hours between two instants on the hour, counted one by one."""
    hours = int((end - begin) / timedelta(hours=1))
    return sum(works(begin + n * timedelta(hours=1), nation) for n in range(hours))


def speaks(kind: str, due_on: date, today: date, nation: Nation) -> bool:
    """Whether the rule of a kind speaks today of what is due on a day, counting working days one by one."""
    before, every = REMINDERS[kind]
    while not is_working_day(due_on, nation):
        due_on -= DAY
    begin, end = sorted((due_on, today))
    days = sum(is_working_day(begin + n * DAY, nation) for n in range(1, (end - begin).days + 1))
    return days in before if today <= due_on else days % every == 0 and days <= LATE_FOR


def works(at: datetime, nation: Nation) -> bool:
    """Whether people of a nation may be written to: from 9am to 5pm of a working day."""
    local = at.astimezone(LONDON)
    return is_working_day(local.date(), nation) and 9 <= local.hour < 17


def instant(day: date, hour: int) -> datetime:
    """An hour of a day in London."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON).astimezone(ZoneInfo("UTC"))


def nine(day: date) -> datetime:
    """9am of a day in London."""
    return instant(day, 9)


def following(month: str) -> date:
    """The first day after a month."""
    year, number = int(month[:4]), int(month[5:])
    return date(year + number // 12, number % 12 + 1, 1)


def next_working_day(day: date, nation: Nation) -> date:
    """The first working day after a day."""
    day += DAY
    while not is_working_day(day, nation):
        day += DAY
    return day


def nth_working_day(first: date, number: int, nation: Nation) -> date:
    """The working day of this number from a first day on, which may be one itself."""
    day = first if is_working_day(first, nation) else next_working_day(first, nation)
    for _ in range(number - 1):
        day = next_working_day(day, nation)
    return day
