"""The terms of a contract as they are kept: what holds from when, what has ended, and what is refused."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.periods import Month
from bot.domain.ratings import Rating
from bot.errors import UserError
from bot.identity import Denied
from bot.interactions import record_forms
from bot.models import (
    Contract,
    DocumentVersion,
    ExtensionOption,
    Kpi,
    KpiTarget,
    Milestone,
    Obligation,
    Reading,
    Report,
    Role,
    RoleName,
)
from bot.services.due.contract_duties import contract_duties
from bot.services.lookup.kpis import kpis_in, kpis_of
from bot.services.pages.contract import contract_page
from bot.services.portfolio.faults import CannotImport
from bot.services.progress import kpi_history, report_submission, reports
from bot.services.specification import options, term_list, terms
from bot.services.specification.term_kinds import KINDS
from bot.services.specification.terms import KeptTerm
from tests.builders import MONDAY, act, contract_named, open_all, work
from tests.integration.importing import only, rows_of
from tests.samples import Sheets, imported

AMIRA, HELEN, PRIYA = "U0AMIRA", "U0HELEN", "U0PRIYA"
DECEMBER, JANUARY = Month(2026, 12), Month(2027, 1)
NEW_TARGET: dict[str, Any] = {"good": "98%", "approaching": "96%", "requires_improvement": "92%"}
STARTS: Mapping[str, Any] = {
    "contract": "WP-NE",
    "code": "starts",
    "name": "Starts within 15 working days",
    "unit": "%",
    "direction": "higher is better",
    "good": 99,
    "approaching": 97,
    "requires_improvement": 93,
}
TERMS = {
    "kpi": {"code": "cost", "name": "Cost of a start", "unit": "count", "direction": "lower is better"}
    | {"good": "100", "approaching": "110", "requires_improvement": "120", "source": "verified"},
    "milestone": {"name": "Hub in Gateshead opens", "kind": "milestone", "owed_by": "partner", "due": "1 March 2027"},
    "obligation": {"name": "Send the plan of the year", "owed_by": "department", "clause": "4.1"},
    "option": {"name": "Extension of 6 months", "months": "6", "decide_by": "6 months before 31 March 2029"},
}


def kpi(session: Session, code: str = "starts", reference: str = "WP-NE") -> Kpi:
    contract = contract_named(session, reference)
    return session.scalars(select(Kpi).where(col(Kpi.contract_id) == contract.id, col(Kpi.code) == code)).one()


def targets(session: Session, code: str = "starts") -> dict[str, Decimal]:
    """The target of a KPI, by the month from which it holds."""
    rows = session.scalars(select(KpiTarget).where(col(KpiTarget.kpi_id) == kpi(session, code).id))
    return {row.from_period: row.good for row in rows}


def edit(session: Session, word: str, key: str, *, tell: bool = False, **entered: Any) -> KeptTerm:  # noqa: ANN401  # whatever is entered
    """Send the form of a term with its values, but for what is entered."""
    kind, ctx = KINDS[word], act(session, AMIRA)
    form = terms.term_to_change(ctx, kind, key)
    inputs = record_forms.inputs(kind.record, form.values, form.choices, but=form.fixed)
    known = {"contract": form.contract.reference, **{name: form.values[name] for name in kind.fixed}}
    record = record_forms.read(kind.record, {**{each.block: each.initial for each in inputs}, **entered}, known)
    return terms.change_term(ctx, kind, key, record, "", tell=tell)


def add(session: Session, word: str, reference: str = "WP-NE", user: str = AMIRA, **entered: str) -> KeptTerm:
    kind = KINDS[word]
    record = record_forms.read(kind.record, {**TERMS[word], **entered}, {"contract": reference})
    return terms.add_term(act(session, user), kind, contract_named(session, reference).public_id, record)


@pytest.mark.parametrize("word", KINDS)
def test_each_kind_is_added_listed_found_changed_and_ended(unchanged: Database, word: str) -> None:
    with unchanged.rehearsing() as session:
        ctx, kind = act(session, AMIRA), KINDS[word]
        before = term_list.list_terms(ctx, kind, "WP-NE").found
        add(session, word)
        assert term_list.list_terms(ctx, kind, "WP-NE").found == before + 1
        with pytest.raises(UserError, match="already") as same:
            add(session, word)
        assert same.value.field in ("code", "name")
        name = TERMS[word].get("code", TERMS[word]["name"])
        key = terms.term_named(ctx, kind, "WP-NE", name)
        assert edit(session, word, key).changes == {}, "the form as it opens changes nothing"
        assert list(edit(session, word, key, name="<!here> *Other* & more").changes) == ["name"]
        last = terms.term_to_end(ctx, kind, key).months
        terms.end_term(ctx, kind, key, last[0] if last else date(2027, 1, 4), "Agreed with the partner")
        if word != "kpi":
            assert term_list.list_terms(ctx, kind, "WP-NE").found == before
            with pytest.raises(UserError, match=r"has ended \(ended on 4 January 2027\), so nothing was done"):
                edit(session, word, key)


@pytest.mark.parametrize("word", KINDS)
def test_who_may_see_the_list_may_not_all_change_it(unchanged: Database, word: str) -> None:
    with unchanged.rehearsing() as session:
        assert not term_list.list_terms(act(session, HELEN), KINDS[word], "WP-NE").may_change
        with pytest.raises(Denied):
            add(session, word, user=HELEN)
        with pytest.raises(UserError):
            term_list.list_terms(act(session, PRIYA), KINDS[word], "WP-NE")


def test_a_target_holds_from_its_month_on_and_each_rating_is_by_the_one_of_its_time(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        open_all(work(session, MONDAY))
        assert edit(session, "kpi", kpi(session).public_id, **NEW_TARGET).changes["in force from"][1] == str(JANUARY)
        assert targets(session) == {"2025-04": 99, "2027-01": 98}
        doing = act(session, PRIYA)
        due = reports.next_due(doing, "WP-NE")
        starts = report_submission.field_of(due.kpis[0])
        received = report_submission.submit_values(doing, due, {starts: "98.5"})
        assert received.figures[0].rating is Rating.APPROACHING_TARGET, "December is by the old target"
        contract = contract_named(session, "WP-NE")
        (before, after) = (kpis_in(session, contract.id, month)[0] for month in (DECEMBER, JANUARY))
        assert (before.good, after.good) == (Decimal(99), Decimal(98))
        history = kpi_history.kpi_history(doing, "WP-NE", "starts")
        assert [each.since for each in history.targets] == ["January 2027", "April 2025"]
        assert {figure.kpi.good for figure in history.figures} == {99}


def test_the_partner_is_told_what_they_may_know_of_a_change(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        ctx = act(session, AMIRA)
        kept = edit(session, "kpi", kpi(session).public_id, tell=True, good="98%", since="2027-03", weight="35")
        assert kept.notice is not None
        assert kept.notice.people == 1
        memo = session.scalars(select(DocumentVersion).order_by(col(DocumentVersion.id).desc())).first()
        assert memo is not None
        assert (memo.subject, memo.effective_on) == ("KPI changed: Starts within 15 working days", date(2027, 3, 1))
        assert "Last figure rated Good: from 99% to 98%" in memo.summary
        assert "weight" in kept.changes
        assert "weight" not in memo.summary.casefold()
        assert edit(session, "kpi", kpi(session).public_id, tell=True, weight="30").notice is None, "nothing of theirs"
        option = terms.term_named(ctx, KINDS["option"], "WP-NE", "extension")
        assert edit(session, "option", option, tell=True, name="Extension of two years").notice is None, "internal"
        for role in session.scalars(select(Role).where(col(Role.role) == RoleName.PARTNER_CONTACT)):
            session.delete(role)
        session.flush()
        milestone = terms.term_named(ctx, KINDS["milestone"], "WP-NE", "5,000")
        notice = edit(session, "milestone", milestone, tell=True, due="1 March 2027").notice
        assert notice is not None
        assert (notice.people, bool(notice.unreached)) == (0, True)


def test_a_chart_goes_on_with_the_cut_offs_of_each_month(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        course = kpi_history.kpi_history(act(session, AMIRA), "SK-SC", "completion").course
        assert course is not None
        assert set(course.levels[0].steps) == {Decimal(70), Decimal(75)}
        assert course.levels[0].value == Decimal(75)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({**NEW_TARGET, "since": "2026-11"}, "since", "The report for November 2026 came, and its ratings stay by"),
        ({**NEW_TARGET, "since": "2031-01"}, "since", "Choose one of the list."),
        ({**NEW_TARGET, "good": "95%"}, "approaching", "Cut-offs of 95 / 96 / 92 do not fit"),
        ({**NEW_TARGET, "good": "-1"}, "good", "it is below 0"),
        ({**NEW_TARGET, "good": "<!channel>"}, "good", "is not a number in the digits 0 to 9"),
        (
            {"unit": "days", "good": "99", "approaching": "97", "requires_improvement": "93"},
            "unit",
            "Figures of starts",
        ),
        (
            {"direction": "lower is better", "good": "1%", "approaching": "2%", "requires_improvement": "3%"},
            "direction",
            "came",
        ),
        ({"name": "Job outcomes against profile"}, "name", "is another KPI of WP-NE already"),
    ],
)
def test_a_change_of_a_kpi_that_makes_no_sense_is_refused_under_its_field(
    unchanged: Database, changes: dict[str, Any], field: str, sentence: str
) -> None:
    with unchanged.rehearsing() as session:
        key = kpi(session).public_id
        with pytest.raises(UserError) as refused:
            edit(session, "kpi", key, **changes)
        assert refused.value.field == field
        assert sentence.casefold() in refused.value.sentence.casefold()
        assert targets(session) == {"2025-04": 99}


def test_a_kpi_that_ended_is_not_asked_for_later_and_its_figures_stay(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        ctx, contract = act(session, AMIRA), contract_named(session, "WP-NE")
        months = terms.term_to_end(ctx, KINDS["kpi"], kpi(session).public_id).months
        assert months[0] == Month(2026, 11), "its last figure"
        with pytest.raises(UserError, match="Choose one of the list"):
            terms.end_term(ctx, KINDS["kpi"], kpi(session).public_id, Month(2026, 10), "No longer measured")
        terms.end_term(ctx, KINDS["kpi"], kpi(session).public_id, months[0], "No longer measured")
        assert [each.code for each in kpis_in(session, contract.id, DECEMBER)] == ["outcomes"]
        assert len(kpis_of(session, contract.id, DECEMBER)) == 2
        open_all(work(session, MONDAY))
        assert [each.code for each in reports.next_due(act(session, PRIYA), "WP-NE").kpis] == ["outcomes"]
        assert [line.kpi.code for line in contract_page(ctx, "WP-NE").kpis] == ["outcomes"]
        assert kpi_history.kpi_history(ctx, "WP-NE", "starts").figures
        assert contract_duties(ctx, "WP-NE").contract.id == contract.id


def test_the_first_kpi_of_a_contract_is_asked_for_from_its_month_on(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_named(session, "WP-NE")
        for each in session.scalars(select(Kpi).where(col(Kpi.contract_id) == contract.id)):
            each.last_period, each.end_reason = "2026-09", "No longer measured"
        session.flush()
        add(session, "kpi", since="2027-03")
        session.refresh(contract)
        assert (contract.next_period, contract.next_report_at.date()) == ("2027-03", date(2027, 4, 1))
        assert kpis_in(session, contract.id, Month(2027, 2)) == []
        assert [each.code for each in kpis_in(session, contract.id, Month(2027, 3))] == ["cost"]


def test_what_ended_before_it_was_met_is_due_no_more(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        ctx = act(session, AMIRA)
        for word, words in (("milestone", "5,000 people"), ("option", "Extension")):
            key = terms.term_named(ctx, KINDS[word], "WP-NE", words)
            terms.end_term(ctx, KINDS[word], key, date(2027, 1, 4), "The variation of January takes it out")
        page = contract_page(ctx, "WP-NE")
        assert page.options == []
        assert not [line for line in page.due if "5,000 people" in line.what or "Extension" in line.what]


@pytest.mark.parametrize(
    ("on", "sentence"),
    [(date(2027, 1, 5), "is in the future"), (date(2020, 1, 5), "is before the contract started")],
)
def test_a_term_ends_on_a_day_that_can_be(unchanged: Database, on: date, sentence: str) -> None:
    with unchanged.rehearsing() as session:
        row = session.scalars(select(Obligation)).first()
        assert row is not None
        with pytest.raises(UserError, match=sentence):
            terms.end_term(act(session, AMIRA), KINDS["obligation"], row.public_id, on, "A variation")
        with pytest.raises(UserError, match="why it ends"):
            terms.end_term(act(session, AMIRA), KINDS["obligation"], row.public_id, date(2027, 1, 4), " ")


def test_what_was_met_or_decided_is_neither_ended_nor_decided_anew(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        ctx = act(session, AMIRA)
        met = session.scalars(select(Milestone).where(col(Milestone.name) == "Survey of advisers")).one()
        with pytest.raises(UserError, match="was met on 26 November 2026"):
            terms.term_to_end(ctx, KINDS["milestone"], met.public_id)
        option = session.scalars(
            select(ExtensionOption).where(col(ExtensionOption.contract_id) == contract_named(session, "WP-NE").id)
        ).one()
        with pytest.raises(UserError, match="The last day to decide, 1 January 2027, has gone") as gone:
            edit(session, "option", option.public_id, decide_by="1 January 2027")
        assert gone.value.field == "decide_by"
        terms.end_term(ctx, KINDS["option"], option.public_id, date(2027, 1, 4), "A variation")
        with pytest.raises(UserError, match="nothing was done"):
            options.option_to_decide(ctx, option.public_id)


def again(session: Session, kpi: Mapping[str, Any] | None, *targets: Mapping[str, Any]) -> str:
    """Import a KPI and targets; returns why it was refused, "" if it was not."""
    sheets: Sheets = {"kpis": [] if kpi is None else [dict(kpi)], "targets": [dict(each) for each in targets]}
    try:
        imported(work(session, MONDAY), rows_of(sheets))
    except CannotImport as refused:
        return refused.sentence
    return ""


def test_other_cut_offs_in_a_file_hold_from_the_next_month_or_the_one_that_it_says(unchanged: Database) -> None:
    other = {**STARTS, "good": 98, "approaching": 96, "requires_improvement": 92}
    with unchanged.rehearsing() as session:
        assert again(session, other) == ""
        assert targets(session) == {"2025-04": 99, "2026-12": 98}
        assert again(session, STARTS) == "", "a file from before"
        assert targets(session) == {"2025-04": 99, "2026-12": 98}
        assert again(session, {**other, "good": "98.5", "since": "2027-04"}) == ""
        assert targets(session) == {"2025-04": 99, "2026-12": 98, "2027-04": Decimal("98.5")}
        refused = again(session, {**other, "good": "97.5", "since": "2026-06"})
        assert "figures of starts came up to November 2026, and their ratings stand" in refused
        assert "Enter 2026-12 or a later month" in refused


def test_the_sheet_of_targets_says_from_when(unchanged: Database) -> None:
    target = {"contract": "WP-NE", "kpi": "starts", "since": "2027-06", "good": 98, "approaching": 96}
    target["requires_improvement"] = 92
    with unchanged.rehearsing() as session:
        assert again(session, None, target) == ""
        assert targets(session) == {"2025-04": 99, "2027-06": 98}
        for changes, sentence in (
            ({"kpi": "strats"}, "is no KPI of WP-NE"),
            ({"good": 90}, "do not fit a KPI where higher is better"),
            ({"good": "0.98", "since": "2027-07"}, "could mean"),
            ({"since": "2026-01"}, "figures of starts came up to November 2026"),
        ):
            assert sentence in again(session, None, {**target, **changes})
        other = {**STARTS, "good": 95, "approaching": 94, "requires_improvement": 92, "since": "2027-06"}
        assert "the sheet kpis has other cut-offs of starts" in again(session, other, {**target, "good": "98.5"})
        assert targets(session) == {"2025-04": 99, "2027-06": 98}


def test_what_an_import_brings_for_an_earlier_month_is_rated_by_its_time(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report = session.scalars(
            select(Report).where(
                col(Report.contract_id) == contract_named(session, "SK-SC").id, col(Report.period) == "2026-09"
            )
        ).one()
        figure = {
            "contract": "SK-SC",
            "period": "2026-09",
            "kpi": "completion",
            "value": 72.2,
            "part": 722,
            "whole": 1000,
        }
        imported(work(session, MONDAY), rows_of(only("figures", figure)))
        reading = session.get_one(Reading, (report.id, kpi(session, "completion", "SK-SC").id), populate_existing=True)
        assert reading.rating is Rating.GOOD, "the target was 70 then, and is 75 now"
        assert session.get_one(Contract, report.contract_id).reference == "SK-SC"
