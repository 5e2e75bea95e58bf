"""What App Home, lists, pages and summaries read: it grows with what they show, and not with the length of history."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import select
from sqlmodel import Session

from benchmarks import reminding
from benchmarks.reading import KPIS, USER, fill
from bot import demo
from bot.access import Permission
from bot.db import Database
from bot.domain.calendar import Nation
from bot.domain.london import london_instant
from bot.errors import UserError
from bot.models import Contract
from bot.services.due.escalation_due import recent_candidates
from bot.services.due.rules import items_to_remind_of
from bot.services.health.not_arrived import untold
from bot.services.lookup.contracts import contract_for, contracts_that_fit
from bot.services.pages.contract import contract_page
from bot.services.pages.contracts import list_contracts
from bot.services.pages.home import MOST_WAITING, home_view
from bot.services.paging import ON_A_PAGE
from bot.services.progress.prompting import reports_to_prompt
from bot.services.progress.standings import standings
from bot.services.remedies.proposal_messages import contracts_to_look_at
from bot.services.reminders.lapsed import lapsed_certificates
from bot.services.reminders.variances import variances_to_tell
from bot.services.risks.risk_list import list_risks
from bot.services.specification.recurring import to_make_again
from bot.services.unit_of_work import ActorContext, UnitOfWork
from jobs import JOBS
from jobs.rehearsal import rehearse
from tests.builders import DAY, act, job_desk, work
from tests.conftest import KINDS, Templates
from tests.counting import carried_out, counted, rows_read, sqlite_steps

FEW, MANY = 50, 60  # either is more than App Home shows of anything
YEAR, FIVE_YEARS = 12, 60
PAGE_OF_FEW_KINDS, PAGE_OF_MANY_KINDS = 38, 55  # queries
UPCOMING_AT_MOST = 2_300
OTHER_MANAGER = "U0RHIAN"
BUILT_ANEW = {"home": 5, "page": 25, "reminders": 2, "escalations": 6}
UPCOMING_OF_EACH = 10
LOOKS: dict[str, Callable[[ActorContext], object]] = {
    "home": home_view,
    "list": lambda ctx: list_contracts(ctx, []),
    "page": lambda ctx: contract_page(ctx, "B-00001"),
    "summary": lambda ctx: standings(ctx, {each.id: each for each in ctx.session.scalars(select(Contract))}),
}


@contextmanager
def database_filled(templates: Templates, kind: str, contracts: int, months: int, undecided: int) -> Iterator[Database]:
    """The benchmark's register of so many contracts and months."""
    url = templates.copy(kind, portfolio=True)
    database = Database(url)
    fill(database, contracts, months, undecided)
    yield database
    database.close()
    templates.drop(url)


@contextmanager
def filled(templates: Templates, kind: str, contracts: int, months: int, undecided: int) -> Iterator[Session]:
    """A session that only reads, in the same."""
    with database_filled(templates, kind, contracts, months, undecided) as database, database.reading() as session:
        yield session


def rows(session: Session) -> dict[str, int]:
    """How many rows each look reads."""
    return {name: rows_of_look(session, look) for name, look in LOOKS.items()}


def steps(session: Session, name: str) -> int:
    """How much work SQLite does for a look."""
    with sqlite_steps(session) as seen:
        LOOKS[name](act(session, USER, demo.BEGINS))
    return len(seen)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_read_do_not_grow_with_history_and_a_list_reads_the_rows_that_it_shows(
    templates: Templates, kind: str
) -> None:
    with filled(templates, kind, FEW, YEAR, undecided=1) as session:
        few = rows(session)
    with filled(templates, kind, FEW, FIVE_YEARS, undecided=1) as session:
        assert rows(session) == few
    with filled(templates, kind, FEW, FIVE_YEARS, undecided=FIVE_YEARS) as session:
        undecided = rows(session)
    assert undecided["page"] < few["page"], "nobody has decided on any report, so no figure proposes anything"
    assert {**undecided, "page": few["page"]} == few
    with filled(templates, kind, MANY, YEAR, undecided=1) as session:
        many = rows(session)
    assert many["list"] == few["list"] == 3 + ON_A_PAGE, "who asks, how many there are, and those on the page"
    assert many["home"] - few["home"] == 2 * (MANY - FEW), "how it stands, and that a report of it waits"
    assert many["page"] == few["page"]
    last_two_reports = 2 * KPIS
    assert many["summary"] - few["summary"] == (MANY - FEW) * (last_two_reports + 2), "its figures, itself, its manager"


def _asked_for(typed: str) -> Callable[[ActorContext], object]:
    def look(ctx: ActorContext) -> object:
        try:
            return contract_for(ctx, typed, Permission.SEE)
        except UserError as error:
            return error.sentence

    return look


SEARCHES: dict[str, Callable[[ActorContext], object]] = {
    "of words": lambda ctx: list_contracts(ctx, ["gold", "pathways"]),
    "with a typing error": lambda ctx: list_contracts(ctx, ["pathwasy", "numbre"]),
    "of a rating": lambda ctx: list_contracts(ctx, ["inadequate", "live"]),
    "that finds one": _asked_for("pathways number 17"),
    "that finds many": _asked_for("work pathwyas"),
    "that finds none": _asked_for("nothing of the kind"),
    "while somebody types": lambda ctx: contracts_that_fit(ctx, "number 17", Permission.SEE),
    "of risks": lambda ctx: list_risks(ctx, ["pathways", "mine"]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_search_reads_what_it_shows_however_many_contracts_there_are(templates: Templates, kind: str) -> None:
    read = []
    for contracts in (FEW, MANY):
        with filled(templates, kind, contracts, 2, undecided=1) as session:
            read.append({name: rows_of_look(session, look) for name, look in SEARCHES.items()})
    assert read[0] == read[1]
    assert max(read[0].values()) <= ON_A_PAGE + 25


def rows_of_look(session: Session, look: Callable[[ActorContext], object]) -> int:
    """How many rows a look reads."""
    with rows_read() as seen:
        look(act(session, USER, demo.BEGINS))
    return sum(seen)


def test_the_work_of_sqlite_does_not_grow_with_history(templates: Templates) -> None:
    """Rows that a query looks at and leaves out are work too."""
    with filled(templates, "sqlite", FEW, YEAR, undecided=1) as session:
        few = {name: steps(session, name) for name in ("home", "list", "summary")}
    with filled(templates, "sqlite", FEW, FIVE_YEARS, undecided=1) as session:
        assert {name: steps(session, name) for name in few} == few
    with filled(templates, "sqlite", FEW, FIVE_YEARS, undecided=FIVE_YEARS) as session:
        assert steps(session, "list") == few["list"]
        counted = MOST_WAITING * FIVE_YEARS  # each report that is shown says how many more of its contract wait
        assert steps(session, "home") - few["home"] < 10 * counted


@pytest.mark.parametrize("kind", KINDS)
def test_what_will_be_sent_takes_as_many_queries_however_many_contracts_have_nothing_due(
    templates: Templates, kind: str
) -> None:
    """Three days of every job: the weekly summaries read what they sum up, and nothing else reads a row for each
    contract."""
    few, many = (upcoming(templates, kind, contracts) for contracts in (FEW, MANY))
    assert len(many) == len(few) < UPCOMING_AT_MOST
    assert sum(many) - sum(few) <= UPCOMING_OF_EACH * (MANY - FEW)


def upcoming(templates: Templates, kind: str, contracts: int) -> list[int]:
    """The queries of a rehearsal of all jobs, with the rows that each returns."""
    with database_filled(templates, kind, contracts, 2, undecided=0) as database, rows_read() as seen:
        end = demo.BEGINS + 3 * DAY
        found = asyncio.run(rehearse(job_desk(database), JOBS, demo.BEGINS, end))
    assert len(found) > FEW
    return seen


FINDERS: dict[str, Callable[[UnitOfWork], object]] = {
    "reminders": lambda work: [items_to_remind_of(work, nation, [reminding.TODAY]) for nation in Nation],
    "escalations": recent_candidates,
    "prompts": reports_to_prompt,
    "proposals": contracts_to_look_at,
    "what did not arrive": untold,
    "lapsed certificates": lapsed_certificates,
    "variances": variances_to_tell,
    "obligations that recur": to_make_again,
}


def test_nothing_due_takes_sqlite_no_more_work_among_more_contracts(templates: Templates) -> None:
    """Each contract has twelve things with a day, a year from now."""
    few, many = (work_of_finders(templates, contracts) for contracts in (10, 100))
    assert many == few


def work_of_finders(templates: Templates, contracts: int) -> dict[str, int]:
    """How much work SQLite does for each finder of what is due, among so many contracts more than the sample's."""
    url = templates.copy("sqlite", portfolio=True)
    database, taken = Database(url), {}
    with database.writing() as session:
        reminding.add_contracts(session, contracts)
    with database.reading() as session:
        unit = work(session, london_instant(reminding.TODAY, 9))
        for name, find in FINDERS.items():
            with sqlite_steps(session) as seen:
                find(unit)
            taken[name] = len(seen)
    database.close()
    return taken


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_which_a_contract_has_nothing_cost_its_page_no_query(templates: Templates, kind: str) -> None:
    with filled(templates, kind, FEW, YEAR, undecided=1) as session:
        taken = {reference: queries_of_page(session, reference) for reference in ("WP-NE", "B-00001")}
    assert taken["B-00001"] <= PAGE_OF_FEW_KINDS < taken["WP-NE"] <= PAGE_OF_MANY_KINDS


def queries_of_page(session: Session, reference: str) -> int:
    """How many queries a contract's page takes."""
    with counted(session) as seen:
        contract_page(act(session, USER, demo.BEGINS), reference)
    return len(seen)


def test_statements_are_built_once_for_all_who_look_on_a_day(templates: Templates) -> None:
    """To build one takes longer than to carry it out. What is left is asked once for a page."""
    with filled(templates, "sqlite", FEW, YEAR, undecided=1) as session:
        nation, day = Nation.SCOTLAND, demo.BEGINS.date()
        looks: dict[str, Callable[[str, str], object]] = {
            "home": lambda user, _: home_view(act(session, user, demo.BEGINS)),
            "page": lambda _, reference: contract_page(act(session, USER, demo.BEGINS), reference),
            "reminders": lambda *_: items_to_remind_of(work(session, demo.BEGINS), nation, [day]),
            "escalations": lambda *_: recent_candidates(work(session, demo.BEGINS)),
        }
        built = {
            name: built_anew(session, partial(look, USER, "B-00001"), partial(look, OTHER_MANAGER, "B-00002"))
            for name, look in looks.items()
        }
    assert built == BUILT_ANEW


def built_anew(session: Session, look: Callable[[], object], again: Callable[[], object]) -> int:
    """How many statements are built for a look that were not built for one before it."""
    before, after = statements_of(session, look), statements_of(session, again)
    return sum(all(each is not one for one in before) for each in after)


def statements_of(session: Session, look: Callable[[], object]) -> list[object]:
    """The statements that a look carries out."""
    with carried_out(session) as seen:
        look()
    return seen
