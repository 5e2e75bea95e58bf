"""Bank holidays that are added or taken out: what follows from them is worked out again, told once, and nothing is sent
twice."""

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.calendar import Nation
from bot.domain.london import london_instant
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.identity import Denied
from bot.models import (
    CalendarBasis,
    Escalation,
    ExtensionOption,
    Milestone,
    OutboxMessage,
    ProclaimedDay,
    Report,
    TrailEntry,
)
from bot.records import HolidayRecord
from bot.services.health import health
from bot.services.holidays import proclaimed
from tests.builders import DAY, HOUR, MINUTE, MONDAY, act, contract_named, open_all, run_job, work
from tests.integration.importing import rows_of
from tests.samples import Sheets, imported

TUESDAY = MONDAY + DAY
NADIA, CALLUM = "U0NADIA", "U0CALLUM"
SCOTLAND, ENGLAND = Nation.SCOTLAND, Nation.ENGLAND_AND_WALES


def add(session: Session, day: date, nation: Nation = SCOTLAND, now: datetime = MONDAY) -> None:
    proclaimed.add_for(act(session, NADIA, now), HolidayRecord(nation=nation, day=day, name="Jubilee"))


def prospectus(session: Session) -> Milestone:
    return session.scalars(select(Milestone).where(col(Milestone.name).like("Prospectus%"))).one()


def told(session: Session) -> dict[str, str]:
    """What each person was told of days that moved."""
    found = session.scalars(select(OutboxMessage).where(col(OutboxMessage.key).like("holidays-%")))
    return {each.channel: each.text for each in found}


def test_scotlands_day_of_2026_is_known_without_anybody_doing_anything(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        of_work = work(session)
        world_cup = date(2026, 6, 15)
        assert not of_work.calendar.of(SCOTLAND).is_working_day(world_cup)
        assert of_work.calendar.of(ENGLAND).is_working_day(world_cup)
        with pytest.raises(UserError, match="15 June 2026 is a bank holiday in Scotland already"):
            add(session, world_cup)


def test_a_day_of_a_rule_moves_with_its_history_and_whoever_has_to_do_with_it_is_told_once(unchanged: Database) -> None:
    """Its rule is 10 working days after 5 January 2027."""
    with unchanged.rehearsing() as session:
        assert run_job(session, "holidays") == 0, "the calendar of the import is adopted"
        add(session, date(2027, 1, 11))
        assert prospectus(session).due_on == date(2027, 1, 19)
        assert run_job(session, "holidays", MONDAY + 5 * MINUTE) == 2
        assert (prospectus(session).due_on, prospectus(session).rule) == (
            date(2027, 1, 20),
            "10 working days after 5 January 2027",
        )
        (entry,) = session.scalars(select(TrailEntry).where(col(TrailEntry.action) == "day worked out again"))
        assert entry.changes == {"due": ["19 January 2027", "20 January 2027"]}
        assert entry.why == "Bank holidays have changed: 11 January 2027 is a bank holiday in Scotland"
        assert told(session).keys() == {"U0EILIDH", "U0AMIRA"}
        assert told(session)["U0EILIDH"] == (
            "1 due date moved, because bank holidays have changed: 11 January 2027 is a bank holiday in Scotland"
        )
        assert run_job(session, "holidays", MONDAY + 10 * MINUTE) == 0
        row = session.scalars(select(ProclaimedDay).where(col(ProclaimedDay.day) == date(2027, 1, 11))).one()
        proclaimed.undo(act(session, NADIA), row.public_id)
        assert run_job(session, "holidays", MONDAY + 15 * MINUTE) == 2
        assert prospectus(session).due_on == date(2027, 1, 19)


def test_a_day_that_was_agreed_stays(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        open_all(work(session, TUESDAY))
        ours = contract_named(session, "SK-SC").id
        report = session.scalars(
            select(Report).where(col(Report.contract_id) == ours, col(Report.period) == "2026-12")
        ).one()
        assert report.due_on == date(2027, 1, 7)
        report.due_on = date(2027, 1, 12)  # more time was agreed
        prospectus(session).due_on, prospectus(session).rule = date(2027, 1, 29), ""
        run_job(session, "holidays", TUESDAY)
        add(session, date(2027, 1, 6), now=TUESDAY)
        assert run_job(session, "holidays", TUESDAY + 5 * MINUTE) == 0
        assert (report.due_on, prospectus(session).due_on) == (date(2027, 1, 12), date(2027, 1, 29))


def test_the_next_report_is_asked_for_on_the_first_working_day_there_is_now(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert contract_named(session, "SK-SC").next_report_at == london_instant(date(2027, 1, 5), 9)
        add(session, date(2027, 1, 5))
        session.expire_all()
        assert contract_named(session, "SK-SC").next_report_at == london_instant(date(2027, 1, 6), 9)
        assert contract_named(session, "WP-NE").next_report_at == MONDAY


def test_a_summary_that_was_posted_is_not_posted_again_on_the_day_to_which_it_would_move(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        later = MONDAY + 7 * DAY
        open_all(work(session, TUESDAY))
        assert run_job(session, "summary", later) > 0
        assert run_job(session, "monthly", later) > 0
        for day in (MONDAY, later):  # on which the month was opened, and the week's summary was posted
            for nation in (ENGLAND, Nation.NORTHERN_IRELAND):
                add(session, day.date(), nation, later + HOUR)
        assert run_job(session, "monthly", later + DAY) == 0
        assert run_job(session, "summary", later + DAY) == 0


def test_the_clock_of_an_escalation_gives_the_same_working_time(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        run_job(session, "holidays")
        late = MONDAY + 10 * DAY + 6 * HOUR  # 3pm on a Thursday: two hours are left of it
        open_all(work(session, MONDAY))
        assert run_job(session, "escalate", late) > 0
        ours = col(Escalation.contract_id) == contract_named(session, "WP-NE").id
        first, *_ = session.scalars(select(Escalation).where(ours, col(Escalation.due_at).is_not(None)))
        assert first.due_at == MONDAY + 11 * DAY + 2 * HOUR
        add(session, (late + DAY).date(), ENGLAND, late)
        run_job(session, "holidays", late + 5 * MINUTE)
        session.refresh(first)
        assert first.due_at == MONDAY + 14 * DAY + 2 * HOUR


def test_only_an_administrator_keeps_bank_holidays(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        ctx = act(session, CALLUM)
        for refused in (
            lambda: proclaimed.holidays_for(ctx),
            lambda: proclaimed.add_for(ctx, HolidayRecord(nation=SCOTLAND, day=date(2027, 1, 11), name="Jubilee")),
            lambda: proclaimed.remove_for(ctx, SCOTLAND, date(2027, 3, 26)),
            lambda: proclaimed.undo(ctx, session.scalars(select(col(ProclaimedDay.public_id))).one()),
        ):
            with pytest.raises(Denied):
                refused()


def test_what_is_published_can_be_taken_out_and_comes_back(unchanged: Database) -> None:
    early_may = date(2027, 5, 3)
    with unchanged.rehearsing() as session:
        ctx = act(session, NADIA)
        proclaimed.remove_for(ctx, SCOTLAND, early_may)
        assert work(session).calendar.of(SCOTLAND).is_working_day(early_may)
        assert work(session).calendar.of(ENGLAND).bank_holidays(early_may, early_may) == [early_may]
        with pytest.raises(UserError, match="3 May 2027 is no bank holiday in Scotland"):
            proclaimed.remove_for(act(session, NADIA), SCOTLAND, early_may)
        add(session, early_may)
        assert [each.day for each in session.scalars(select(ProclaimedDay))] == [date(2026, 6, 15)]
        with pytest.raises(UserError, match="15 May 2027 is a Saturday"):
            add(session, date(2027, 5, 15))


def test_days_are_worked_out_again_when_more_years_are_published(unchanged: Database) -> None:
    """By what was published before, 1 February was a bank holiday in England and Wales too."""
    with unchanged.rehearsing() as session:
        run_job(session, "holidays")
        basis = session.get_one(CalendarBasis, 1)
        basis.days = {**basis.days, ENGLAND.value: sorted([*basis.days[ENGLAND.value], "2027-02-01"])}
        jobcentres = session.scalars(select(Milestone).where(col(Milestone.name).like("List of jobcentres%"))).one()
        jobcentres.due_on = date(2027, 2, 4)
        assert run_job(session, "holidays", MONDAY + 5 * MINUTE) > 0
        session.refresh(jobcentres)
        assert jobcentres.due_on == date(2027, 2, 3)
        assert any("1 February 2027 is a working day in England and Wales" in text for text in told(session).values())


def test_administrators_hear_once_a_year_before_the_published_days_end(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        before, from_then = london_instant(date(2027, 12, 30), 9), london_instant(date(2027, 12, 31), 9)
        assert health.health(act(session, NADIA, before)).published_until is None
        assert health.health(act(session, NADIA, from_then)).published_until == date(2028, 12, 31)
        for now in (before, from_then, from_then + HOUR, from_then + 400 * DAY):
            run_job(session, "holidays", now)
        (warned,) = session.scalars(select(OutboxMessage).where(col(OutboxMessage.key).like("holidays-end-%")))
        assert (warned.channel, warned.created_at) == (NADIA, from_then)
        assert warned.text.startswith(
            "Bank holidays are published only until 31 December 2028: Ask whoever runs Liaison"
        )


def test_a_file_brings_bank_holidays_and_days_to_decide_beyond_the_published_years(unchanged: Database) -> None:
    sheets: Sheets = {
        "holidays": [{"nation": "Scotland", "day": "2027-01-11", "name": "Jubilee", "source": "Royal Proclamation"}],
        "options": [
            {"contract": "WP-NE", "name": "Last extension", "months": 12, "decide_by": "6 months before 31 March 2036"}
        ],
        "milestones": [
            {"contract": "SK-SC", "name": "Autumn", "owed_by": "partner", "due": "5 working days after 5 January 2027"}
        ],
    }
    with unchanged.rehearsing() as session:
        imported(work(session), rows_of(sheets))
        session.expire_all()
        option = session.scalars(select(ExtensionOption).where(col(ExtensionOption.name) == "Last extension")).one()
        assert format_date(option.decide_by) == "28 September 2035 (provisional)"
        autumn = session.scalars(select(Milestone).where(col(Milestone.name) == "Autumn")).one()
        assert format_date(autumn.due_on) == "13 January 2027"
        added = session.scalars(select(ProclaimedDay).where(col(ProclaimedDay.day) == date(2027, 1, 11))).one()
        assert (added.nation, added.name, added.is_holiday) == (SCOTLAND, "Jubilee", True)
        assert run_job(session, "holidays") > 0
        session.expire_all()
        assert prospectus(session).due_on == date(2027, 1, 20)
