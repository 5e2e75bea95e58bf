"""A second reading of the rules of what is sent when, written from their words and apart from the code: it goes through
the instants at which the jobs ran, in order, and counts days one by one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.calendar import Nation
from tests import year_clocks
from tests.working_days import (
    DAY,
    LONDON,
    days_late,
    following,
    hours_worked,
    instant,
    is_working_day,
    next_working_day,
    nine,
    nth_working_day,
    working_days_after,
    working_days_before,
    works,
)
from tests.year_clocks import Clock

LATE_FOR = 250
REMINDERS = {
    "milestone": ((10, 5, 1, 0), 2),
    "report": ((5, 1, 0), 2),
    "option": ((90, 60, 30, 10, 0), 2),
    "memo": ((2, 0), LATE_FOR + 1),
    "plan": ((5, 1, 0), 2),
    "decision on a plan": ((5, 1, 0), 2),
    "contact": ((0,), 5),
    **year_clocks.REMINDERS,
}
"""The working days before the day on which people are reminded, and every how many of them when it is late."""
ONLY_AFTER = {"memo": (2,)}
"""And on how many of them after the day, where it is on no others."""
THEIRS = ("milestone", "report", "memo", *year_clocks.THEIRS)
"""Of what the partner is reminded; of the rest the contract manager is."""
DECIDED_WITHIN, COMES_AGAIN_WITHIN = 10, 5
"""Working days in which the department decides on a plan, and in which a rejected one comes again."""
SPOKEN_WITHIN = 30
"""Calendar days in which somebody speaks with the partner, of the first tier."""
LATE, LOOKS_BACK, ANSWERS_WITHIN = 5, 30, 4
"""Working days after which a late report goes up; calendar days after which nobody is asked any more; and the working
hours in which somebody answers, of the first tier."""
DUTY_LATE = 1
"""Working days after which what the department has not decided goes up."""
OPTION_NEAR = 10
"""Working days before its last day from which an option that nobody decided on is with the senior owner."""
FROM_MANAGER, FROM_SENIOR_OWNER = ("CONTRACTMANAGER", "SENIOROWNER"), ("SENIOROWNER",)
LADDERS = {
    "report late": FROM_MANAGER,
    "plan late": FROM_MANAGER,
    "duty missed": FROM_MANAGER,
    "not acknowledged": FROM_MANAGER,
    "plan failed": FROM_SENIOR_OWNER,
    "option to decide": FROM_SENIOR_OWNER,
    "option not decided": FROM_SENIOR_OWNER,
    "finding overdue": FROM_MANAGER,
}
"""Who is asked in turn: nobody is head of contract management, nor commercial director."""
OVERTAKEN = {"option not decided": "option to decide", "plan failed": "plan late"}
"""What is escalated again, for a reason that is worse than the one before."""

Sent = tuple[datetime, str, str]
"""When, what kind of message, and of what."""


@dataclass(frozen=True)
class Due:
    """What has a day, and when it is met, if it is: a milestone, an option to decide on, a memo to acknowledge."""

    name: str
    on: date
    met: date | None


@dataclass(frozen=True)
class Plan:
    """A rectification plan: by when it is to come; when it comes, is rejected, comes again and is accepted, as far as
    it gets; and when it fails, if it does, after that."""

    name: str
    on: date
    steps: Sequence[date]
    failed: date | None

    def has_failed(self, today: date) -> bool:
        """Whether it was declared failed by now."""
        return self.failed is not None and self.failed <= today

    def awaits(self, today: date, nation: Nation) -> tuple[str, date] | None:
        """What it waits for, and by when; None once it is accepted, or has failed."""
        if self.has_failed(today):
            return None
        match [day for day in self.steps if day <= today]:
            case []:
                return "plan", self.on
            case [came] | [_, _, came]:
                return "decision on a plan", working_days_after(came, DECIDED_WITHIN, nation)
            case [_, rejected]:
                return "plan", working_days_after(rejected, COMES_AGAIN_WITHIN, nation)
            case _:
                return None


@dataclass(frozen=True)
class Agreement:
    """A contract: its nation, the working day by which it reports, and in how many days each month's report comes."""

    reference: str
    nation: Nation
    working_day: int
    weekly: tuple[int, int]
    """The weekday and the hour of its channel's summary."""
    dues: Sequence[Due]
    """The partner's milestones."""
    options: Sequence[Due]
    memos: Sequence[Due]
    plans: Sequence[Plan]
    report_takes: Sequence[int | None]
    """For each month of the year, how many days after it opened the report comes; None for never."""
    deaf: Sequence[tuple[date, date]]
    """The days, the first and the last, on which the partner is not in its channel."""
    clocks: Sequence[Clock] = ()
    """What is reviewed, answered, verified and confirmed."""

    def hears(self, day: date) -> bool:
        """Whether a message in the shared channel reaches the partner on a day."""
        return not any(first <= day <= last for first, last in self.deaf)


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
    tried: dict[tuple[str, str], date] = field(default_factory=dict)
    heard: dict[tuple[str, str], date] = field(default_factory=dict)
    """The last day on which a month's report was asked for, and the day on which that reached the partner."""
    asked: dict[str, dict[str, tuple[str, list[datetime]]]] = field(default_factory=lambda: defaultdict(dict))
    """What is escalated of each agreement: for which reason, and when somebody was asked about it."""
    told: set[tuple[str, str]] = field(default_factory=set)
    """The reports of which somebody was told that nobody was asked for them."""
    put: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """What is put to each person at this instant: one message, however much it is."""
    escalated: set[tuple[str, str, str, date]] = field(default_factory=set)
    """What ever was, for which reason and which day."""

    def pass_through(self, instants: Sequence[datetime]) -> set[Sent]:
        """Everything that is said at these instants."""
        for at in instants:
            self.put.clear()
            for each in self.agreements:
                self._prompts(at, each)
                self._weekly(at, f"channel of {each.reference}", *each.weekly, each.nation)
            self._weekly(at, "portfolio", 0, 9, Nation.ENGLAND_AND_WALES)
            self._monthly(at)
            for nation in Nation:
                self._reminders(at, nation)
            for each in self.agreements:
                self._escalations(at, each)
            for who, what in self.put.items():
                if what:
                    self.said.add((at, "ping", f"{who}: {'; '.join(sorted(what))}"))
            self._tell_what_was_not_heard(at)
        return self.said

    def _tell_what_was_not_heard(self, at: datetime) -> None:
        """Whoever manages the contracts is told once of each report of which the question did not arrive."""
        unheard = [key for key in self.tried if key not in self.heard and key not in self.told]
        if unheard and works(at, Nation.ENGLAND_AND_WALES):
            self.told.update(unheard)
            self.said.add((at, "told", "CONTRACTMANAGER"))
            self.said.update((at, "unheard", f"{reference} {month}") for reference, month in unheard)

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
            today = at.astimezone(LONDON).date()
            if works(at, each.nation) and (came is None or came > today):
                self._say(at, "prompt", f"{each.reference} {month}", f"{each.reference} {month}")
                self._ask(each, month, today)

    def _ask(self, each: Agreement, month: str, today: date) -> None:
        """Once a day until it is heard; from then on it counts."""
        key = (each.reference, month)
        if key not in self.heard and self.tried.get(key) != today:
            self.tried[key] = today
            if each.hears(today):
                self.heard[key] = today

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
        """Once the last report of the month before was due: on the next working day in England and Wales, where the
        senior owner works. The days are those of the reports that were opened, each by its own nation's holidays."""
        today = at.astimezone(LONDON).date()
        before = f"{today.replace(day=1) - DAY:%Y-%m}"
        days = [
            nth_working_day(following(before), each.working_day, each.nation)
            for each in self.agreements
            if (each.reference, before) in self.opened
        ]
        last = max(days, default=nth_working_day(following(before), 3, Nation.ENGLAND_AND_WALES))
        if at >= nine(next_working_day(last, Nation.ENGLAND_AND_WALES)) and works(at, Nation.ENGLAND_AND_WALES):
            self._say(at, "monthly", "senior owner", before)

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
                    counts = self._counts_from(each, kind, name, due_on)
                    if counts and any(speaks(kind, counts, day, nation) for day in days if is_working_day(day, nation)):
                        whom = "PARTNERCONTACT" if kind in THEIRS else "CONTRACTMANAGER"
                        self.said.add((at, "reminder", f"{each.reference} {name} by {due_on} to {whom}"))

    def _open(self, each: Agreement, today: date) -> Iterator[tuple[str, str, date]]:
        for kind, dues in (("milestone", each.dues), ("option", each.options), ("memo", each.memos)):
            for due in dues:
                if due.met is None or due.met > today:
                    yield kind, due.name, due.on
        for plan in each.plans:
            if awaited := plan.awaits(today, each.nation):
                yield awaited[0], plan.name, awaited[1]
            if plan.failed is not None and plan.has_failed(today):
                yield year_clocks.NOTICE, plan.name, plan.failed + year_clocks.NOTICE_WITHIN * DAY
        for reference, month in self.opened:
            came = self.received(each, month) if reference == each.reference else None
            if reference == each.reference and (came is None or came > today):
                yield "report", month, nth_working_day(following(month), each.working_day, each.nation)
        yield "contact", "contact", self.first_day + (SPOKEN_WITHIN - 1) * DAY
        # Each is visited monthly here; the last day of a month gives the last day of the next.
        yield year_clocks.VISIT, "visit", following(f"{self.first_day:%Y-%m}") - DAY
        for clock in each.clocks:
            yield from clock.open(today, each.nation)

    def _counts_from(self, each: Agreement, kind: str, name: str, due_on: date) -> date | None:
        """The day from which it is late: its own, or the later day on which the partner was asked; None before that."""
        if kind != "report":
            return due_on
        heard = self.heard.get((each.reference, name))
        return None if heard is None else max(due_on, heard)

    def _escalations(self, at: datetime, each: Agreement) -> None:
        """What has gone wrong goes up, and up again on silence; whoever was asked hears that it is settled."""
        if not works(at, each.nation):
            return
        today, asked_about = at.astimezone(LONDON).date(), self.asked[each.reference]
        wrong = {name: (trigger, due_on) for name, trigger, due_on in self._wrong(each, today)}
        for name, (trigger, asked) in [*asked_about.items()]:
            about, ladder = f"{each.reference} {name}: {trigger}", LADDERS[trigger]
            if name not in wrong:
                self.said.update((at, "escalation", f"{about} closed {ladder[n]}") for n in range(len(asked)))
                del asked_about[name]
            elif len(asked) < len(ladder) and hours_worked(asked[-1], at, each.nation) >= ANSWERS_WITHIN:
                self.put[ladder[len(asked)]].append(about)
                asked.append(at)
        for name, (trigger, due_on) in wrong.items():
            key = (each.reference, name, trigger, due_on)
            before = asked_about[name][0] if name in asked_about else ""
            may_begin = not before or OVERTAKEN.get(trigger) == before
            if may_begin and key not in self.escalated and (today - due_on).days <= LOOKS_BACK:
                about = f"{each.reference} {name}: {trigger}"
                for put in self.put.values():  # nobody is asked about what came to a worse end meanwhile
                    put[:] = [what for what in put if what != f"{each.reference} {name}: {before}"]
                self.said.add((at, "escalation", f"{about} notice"))
                self.put[LADDERS[trigger][0]].append(about)
                self.escalated.add(key)
                asked_about[name] = (trigger, [at])

    def _wrong(self, each: Agreement, today: date) -> Iterator[tuple[str, str, date]]:
        """What gives a reason to escalate it today."""
        for plan in each.plans:
            if plan.failed is not None and plan.has_failed(today):
                yield plan.name, "plan failed", plan.failed
        for kind, name, due_on in self._open(each, today):
            counts = self._counts_from(each, kind, name, due_on)
            if kind == "report" and counts and days_late(counts, today, each.nation) >= LATE:
                yield name, "report late", counts
            elif kind == "memo" and days_late(due_on, today, each.nation) >= LATE:
                yield name, "not acknowledged", due_on
            elif kind == "plan" and today > due_on:
                yield name, "plan late", due_on
            elif kind == "decision on a plan" and days_late(due_on, today, each.nation) >= DUTY_LATE:
                yield name, "duty missed", due_on
            elif kind == "option" and today > due_on:
                yield name, "option not decided", due_on
            elif kind == "option" and today >= working_days_before(due_on, OPTION_NEAR, each.nation):
                yield name, "option to decide", due_on
            elif kind in year_clocks.GOES_UP:
                trigger, after = year_clocks.GOES_UP[kind]
                if days_late(due_on, today, each.nation) >= after:
                    yield name, trigger, due_on


def speaks(kind: str, due_on: date, today: date, nation: Nation) -> bool:
    """Whether the rule of a kind speaks today of what is due on a day, counting working days one by one."""
    before, every = REMINDERS[kind]
    while not is_working_day(due_on, nation):
        due_on -= DAY
    begin, end = sorted((due_on, today))
    days = sum(is_working_day(begin + n * DAY, nation) for n in range(1, (end - begin).days + 1))
    if today <= due_on:
        return days in before
    return days in ONLY_AFTER.get(kind, ()) or (days % every == 0 and days <= LATE_FOR)
