"""App Home: the sections of each role, what is in them, and which pages a change makes stale."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from bot import homes
from bot.db import Database
from bot.domain.scores import Impact, Likelihood
from bot.models import HomeChange, Person, Role, RoleName
from bot.services.actions.actions import add_action
from bot.services.contracts.contract_people import appoint
from bot.services.edit_conflicts import last_entry
from bot.services.pages.home import HomeContent, home_page, home_view, note_new_day, note_opened, partner_page
from bot.services.people.leave import set_leave
from bot.services.risks.risk_review import review, risk_to_review
from tests.builders import DAY, HOUR, MONDAY, act, contract_named, open_all, work
from tests.counting import counted
from tests.samples import doubled, imported

AMIRA, RHIAN, HELEN, NADIA, PRIYA = "U0AMIRA", "U0RHIAN", "U0HELEN", "U0NADIA", "U0PRIYA"
SECOND = timedelta(seconds=1)


def page(session: Session, user: str, days: int = 0) -> HomeContent:
    return home_page(act(session, user, MONDAY + days * DAY))


def noted(session: Session) -> list[str]:
    """Whose pages are stale."""
    stale = select(col(Person.slack)).join(HomeChange, col(HomeChange.person_id) == col(Person.id))
    return sorted(set(session.scalars(stale)))


def test_each_role_has_its_sections_and_who_has_several_has_each_once(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        sections = {user: page(session, user) for user in (AMIRA, HELEN, NADIA)}
        assert {user: bool(each.worst) for user, each in sections.items()} == {AMIRA: False, HELEN: True, NADIA: True}
        assert all(each.coming for each in sections.values())
        contract = contract_named(session, "WP-NE")
        amira = session.scalars(select(Person).where(col(Person.slack) == AMIRA)).one()
        session.add(Role(contract_id=contract.id, person_id=amira.id, role=RoleName.SENIOR_OWNER))
        session.flush()
        both = page(session, AMIRA)
        assert both.worst is not None
        assert both.coming is not None
        assert [each.contract.reference for each in both.contracts.rows] == [
            each.contract.reference for each in sections[AMIRA].contracts.rows
        ]
        assert both.waiting == sections[AMIRA].waiting


def test_what_fell_is_told_with_its_reason_the_worst_first(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        worst = page(session, NADIA).worst
        assert worst is not None
        severities = [each.rating.severity for each in worst.rows]
        assert severities == sorted(severities, reverse=True)
        assert all(each.movement == "worse" and "against" in each.why for each in worst.rows)


def test_a_review_and_an_action_wait_on_their_owner_from_their_day_on(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        doing = act(session, AMIRA)
        added = add_action(doing, "WP-NE", "Amira Shah: agree the plan by 8 January", closed_by_another=True)
        waiting = page(session, AMIRA).waiting.rows
        (action,) = [each for each in waiting if each.title == f"{added.item.reference} agree the plan"]
        assert (action.number, action.late, action.by_another, action.form) == (added.item.id, False, True, None)
        later = page(session, AMIRA, days=120).waiting.rows
        assert next(each for each in later if each.title == action.title).late
        reviews = [each for each in later if each.title.startswith("Review ")]
        assert reviews
        assert not [each for each in waiting if each.title.startswith("Review ")]
        much_later = act(session, AMIRA, MONDAY + 120 * DAY)
        risk = risk_to_review(much_later, f"R-{reviews[0].number}")
        review(much_later, risk.risk.public_id, Likelihood.UNLIKELY, Impact.MINOR, "Seen again")
        left = page(session, AMIRA, days=120).waiting.rows
        assert [each.number for each in left if each.title.startswith("Review ")] == [
            each.number for each in reviews[1:]
        ]


def test_the_number_of_queries_does_not_grow_with_the_portfolio(portfolio: Database) -> None:
    before = _queries(portfolio)
    with portfolio.writing() as session:
        imported(work(session), doubled())
        open_all(work(session))
    assert _queries(portfolio) == before


def open_page(session: Session, user: str) -> None:
    asker = act(session, user)
    note_opened(asker, home_view(asker), last_entry(session))


def _queries(database: Database) -> tuple[int, int]:
    def of(user: str) -> int:
        with database.reading() as session, counted(session) as queries:
            home_view(act(session, user))
        return len(queries)

    return of(NADIA), of(PRIYA)


def test_a_partner_has_their_own_peoples_actions_alone(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        open_all(work(session))
        for owner in ("Priya Nair", "Amira Shah"):
            add_action(act(session, AMIRA), "WP-NE", f"{owner}: send what is {owner}'s by 8 January")
        owed = partner_page(act(session, PRIYA)).owed.rows
        assert {each.contract for each in owed} == {"WP-NE"}
        said = [each.what for each in owed]
        assert any("send what is Priya Nair's" in what for what in said)
        assert not any("Amira" in what for what in said)
        assert "Report for December 2026" in said
        assert partner_page(act(session, "U0SEUN")).owed.rows != owed


def test_a_change_makes_the_pages_stale_of_who_has_a_role_on_the_contract_and_had_opened_one(
    unchanged: Database,
) -> None:
    with unchanged.rehearsing() as session:
        for user in (AMIRA, RHIAN, PRIYA, NADIA):
            open_page(session, user)
        add_action(act(session, AMIRA), "WP-NE", "Amira Shah: agree the plan by 8 January")
        assert noted(session) == [AMIRA, NADIA, PRIYA], "not Rhian, who has no role on it; not Helen, who opened none"
        assert homes.next_due(session) == MONDAY + 2 * SECOND
        assert homes.claim(session, MONDAY + SECOND) == []
        first = homes.claim(session, MONDAY + 2 * SECOND)
        assert sorted(each.slack for each in first) == [AMIRA, NADIA, PRIYA]
        assert homes.claim(session, MONDAY + 3 * SECOND) == [], "each is leased to one worker"
        add_action(act(session, AMIRA, MONDAY + 4 * SECOND), "WP-NE", "Amira Shah: and another by 8 January")
        for each in first:
            homes.settle(session, each, "new")
        assert noted(session) == [AMIRA, NADIA, PRIYA], "what came after a page was begun is not done with"


def test_who_loses_a_role_or_stands_in_for_somebody_has_a_stale_page(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        for user in (AMIRA, RHIAN, PRIYA):
            open_page(session, user)
        contract = contract_named(session, "WP-NE")
        appoint(act(session, NADIA), contract.id, {RoleName.PARTNER_CONTACT: []}, [])
        assert PRIYA in noted(session)
        amira = session.scalars(select(Person).where(col(Person.slack) == AMIRA)).one()
        rhian = session.scalars(select(Person).where(col(Person.slack) == RHIAN)).one()
        role = session.get_one(Role, (contract.id, amira.id, RoleName.CONTRACT_MANAGER))
        role.deputy_id = rhian.id
        session.flush()
        assert RHIAN not in noted(session)
        set_leave(act(session, AMIRA), amira.id, MONDAY.date(), MONDAY.date())
        assert RHIAN in noted(session)


def test_every_page_is_stale_once_on_a_working_day_from_seven(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        open_page(session, AMIRA)
        hours = (-3, -2, 0, 24 * 5, 24 * 7 + 1, 24 * 7 + 2)
        done = [note_new_day(work(session, MONDAY + each * HOUR)) for each in hours]
        assert done == [False, True, False, False, True, False]
        assert noted(session) == [AMIRA]


def test_what_changes_between_the_making_of_a_page_and_its_publishing_is_drawn_soon_after(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        amira = act(session, AMIRA)
        view, seen = home_view(amira), last_entry(session)
        note_opened(amira, view, seen)
        assert noted(session) == [], "it shows what there is"
    with unchanged.rehearsing() as session:
        amira = act(session, AMIRA)
        view, seen = home_view(amira), last_entry(session)
        add_action(amira, "WP-NE", "Amira Shah: agree the plan by 8 January")
        assert noted(session) == [], "nobody has a page yet"
        note_opened(amira, view, seen)
        assert noted(session) == [AMIRA]
