"""Spend by month and invoices: who may enter them, what is refused, whom a variance asks and whom it is told."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Subject, Trigger
from bot.domain.london import london_instant
from bot.domain.spend_line import parse_spend_line
from bot.errors import UserError
from bot.identity import Denied
from bot.models import Escalation, Invoice, OutboxMessage, Spend, TrailEntry
from bot.records import InvoiceRecord, SpendRecord
from bot.services.due.open_items import still_open
from bot.services.money import invoices, spend_entry, spend_page
from bot.services.money.spend_entry import MonthCard
from bot.services.portfolio.exporting import register_rows
from bot.services.portfolio.faults import CannotImport
from bot.services.unit_of_work import ActorContext
from tests.builders import MONDAY, act, contract_named, run_job, work
from tests.integration.importing import only, rows_of
from tests.samples import imported

AMIRA, CALLUM, PRIYA, KWAME, JOSEPH, HELEN = "U0AMIRA", "U0CALLUM", "U0PRIYA", "U0KWAME", "U0JOSEPH", "U0HELEN"
TODAY = MONDAY.date()


def enter(session: Session, line: str, by: str = AMIRA, contract: str = "WP-NE") -> MonthCard:
    said = parse_spend_line(line)
    assert said is not None
    return spend_entry.enter_line(act(session, by), contract, said)


def spend(session: Session, period: str, contract: str = "WP-NE") -> Spend | None:
    of = (col(Spend.contract_id) == contract_named(session, contract).id, col(Spend.period) == period)
    return session.scalars(select(Spend).where(*of)).one_or_none()


def invoice(session: Session, number: str) -> Invoice:
    return session.scalars(select(Invoice).where(col(Invoice.number) == number)).one()


def record(**changes: Any) -> InvoiceRecord:  # noqa: ANN401  # whichever fields a test is about
    usual: dict[str, Any] = {"contract": "WP-NE", "number": "NF-1051", "period": "2026-12"}
    usual |= {"valid": date(2027, 1, 4), "amount": "120,400.50"}
    return InvoiceRecord.model_validate({**usual, **changes})


def add(session: Session, **changes: Any) -> Invoice:  # noqa: ANN401  # as above
    ctx = act(session, AMIRA)
    return invoices.add_invoice(ctx, invoices.contract_to_add_to(ctx, "WP-NE"), record(**changes)).invoice


def told(session: Session, key: str) -> list[OutboxMessage]:
    found = select(OutboxMessage).where(col(OutboxMessage.key).like(f"{key}%")).order_by(col(OutboxMessage.id))
    return list(session.scalars(found))


def test_a_line_keeps_what_it_names_and_leaves_the_rest(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        card = enter(session, "2026-12 invoiced £1,700,000.50 paid 1.6m")
        row = spend(session, "2026-12")
        assert row is not None
        assert (row.profile, row.forecast) == (Decimal(1_760_000), Decimal(1_740_000)), "as they were"
        assert (row.invoiced, row.paid, row.approved) == (Decimal("1700000.50"), Decimal(1_600_000), None)
        assert card.changed
        assert card.line.variance is not None
        assert card.line.variance.amount == Decimal("-59999.50"), "the month is over: the forecast counts no more"
        assert card.line.lacks_reason, "over £50,000"
        (entry,) = session.scalars(select(TrailEntry).where(col(TrailEntry.subject) == "WP-NE, December 2026"))
        assert entry.changes == {"invoiced": ["nothing", "£1,700,000.50"], "paid": ["nothing", "£1.6 million"]}
        assert not enter(session, "December 2026 paid 1,600,000").changed
        enter(session, "2026-12 paid none because Two hubs opened late")
        assert (row.paid, row.reason) == (None, "Two hubs opened late")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("2026-12 invoiced -5", "is below 0"),
        ("2026-12 invoiced 12.345", "not in whole pennies"),
        ("2026-12 invoiced a lot", "is not a sum in pounds"),
        ("2026-12 invoiced 1,00", "is not a sum in pounds"),
        ("2026-12 invoiced 100 disputed 101", "£101 is disputed, and only £100 invoiced"),
        ("2026-12 invoiced 100 approved 90 paid 91", "£91 is paid, and only £90 approved"),
        ("2026-12 paid 91", "£91 is paid, and only £0 invoiced"),
        ("2025-03 invoiced 5", "March 2025 is outside WP-NE, which runs from April 2025 to March 2031"),
        ("2031-04 forecast 5", "April 2031 is outside WP-NE"),
        ("2026-13 invoiced 5", "is not a month"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(unchanged: Database, line: str, sentence: str) -> None:
    with unchanged.rehearsing() as session:
        before = [each.model_dump() for each in session.scalars(select(Spend).order_by(col(Spend.id)))]
        with pytest.raises(UserError, match=sentence):
            enter(session, line)
        session.flush()
        assert [each.model_dump() for each in session.scalars(select(Spend).order_by(col(Spend.id)))] == before


def test_a_month_has_entered_sums_or_invoices_and_not_both(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        with pytest.raises(UserError, match="October 2026 has invoices, and what is paid is worked out from them"):
            enter(session, "2026-10 paid 5")
        assert enter(session, "2026-10 forecast 1,541,200").changed, "what is expected is nobody's invoice"
        enter(session, "2026-12 invoiced 500 paid 100")
        with pytest.raises(UserError, match="/money spend WP-NE 2026-12 invoiced none paid none first") as refused:
            add(session)
        assert refused.value.field == "period"
        enter(session, "2026-12 invoiced none paid none")
        add(session)
        add(session, number="NF-1052", amount="100", approved="60", disputed="40", dispute="Twice")
        ctx = act(session, AMIRA)
        key = contract_named(session, "WP-NE").public_id
        sums = spend_entry.month_to_enter(ctx, key, "2026-12").line.sums
        assert (sums.invoiced, sums.approved, sums.disputed, sums.paid) == (
            Decimal("120500.50"), Decimal(60), Decimal(40), Decimal(0),
        )  # fmt: skip


def test_the_page_says_what_the_year_and_the_contract_come_to(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        page = spend_page.spend_page(act(session, CALLUM), "CC-OT")
        assert [line.month.key for line in page.lines][::10] == ["2026-05", "2027-03"], "the contract begins in May"
        assert page.total.invoiced == sum((each.sums.invoiced or Decimal(0) for each in page.lines), Decimal(0))
        assert page.variance is not None
        assert page.variance.profile == Decimal(3_760_000)
        known = page.outturn
        assert known.total == known.invoiced + known.to_come
        assert known.invoiced == page.total.invoiced
        assert (known.unknown, known.value) == (37, Decimal(27_000_000)), "nothing is known after March 2027"
        assert (page.before, page.after, page.last) == (None, 2027, "April 2030")
        assert page.chart is not None
        with pytest.raises(UserError, match="has no such financial year"):
            spend_page.spend_page(act(session, CALLUM), "CC-OT", 2025)
        late = spend_page.spend_page(act(session, AMIRA), "WP-NE").late
        assert [(each.invoice.number, each.days_over) for each in late] == [("NF-1044", 51)]


def test_a_variance_asks_the_manager_until_there_is_a_reason(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        enter(session, "2026-12 invoiced 1.7m")
        row = spend(session, "2026-12")
        assert row is not None
        (item,) = still_open(work(session), DueKind.VARIANCE, [row.id])
        assert (item.due_on, item.what) == (date(2027, 1, 11), "Say why December 2026 varies from its profile")
        enter(session, "2026-12 paid 1m")
        assert still_open(work(session), DueKind.VARIANCE, [row.id]) == [item]
        enter(session, "2026-12 because Two hubs opened late")
        assert still_open(work(session), DueKind.VARIANCE, [row.id]) == []


def test_the_senior_owner_is_told_once_for_each_month_over_10_per_cent(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert run_job(session, "variance", MONDAY - timedelta(hours=1)) == 0, "before working hours"
        assert run_job(session, "variance") == 2, "October of CC-OT and of WP-NE"
        assert [(each.channel, each.text) for each in told(session, "variance-")] == [
            (HELEN, "WP-NE: October 2026 comes to £208,800 (11.9%) less than planned"),
            (JOSEPH, "CC-OT: October 2026 comes to £38,900 (11.6%) more than planned"),
        ]
        enter(session, "2026-12 invoiced 1.55m")
        assert run_job(session, "variance") == 1
        enter(session, "2026-12 invoiced 1.76m")
        enter(session, "2026-12 invoiced 1.5m because Strikes")
        assert run_job(session, "variance") == 0, "it was told of December already"
        enter(session, "2027-02 forecast 1.87m")
        assert run_job(session, "variance") == 0, "5.1% asks for a reason, and is not told"


def test_an_invoice_is_reminded_of_escalated_and_settled(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row = add(session, valid=date(2026, 12, 1))
        (item,) = still_open(work(session), DueKind.INVOICE, [row.id])
        assert (item.due_on, item.what) == (date(2026, 12, 30), "Pay invoice NF-1051: £120,400.50")
        run_job(session, "escalate")
        escalation = session.scalars(select(Escalation).where(col(Escalation.kind) == Subject.INVOICE)).one()
        assert (escalation.subject_id, escalation.trigger) == (row.id, Trigger.DUTY_MISSED)
        ctx = act(session, AMIRA)
        paid = record(valid=date(2026, 12, 1), approved="120,400.50", paid="100,000", paid_day=TODAY)
        invoices.change_invoice(ctx, row.public_id, paid)
        (item,) = still_open(work(session), DueKind.INVOICE, [row.id])
        assert item.what == "Pay invoice NF-1051: £20,400.50", "a part is still owed"
        rest = {"approved": "100,000", "disputed": "20,400.50", "dispute": "14 starts are claimed twice"}
        invoices.change_invoice(
            ctx, row.public_id, record(valid=date(2026, 12, 1), paid="100,000", paid_day=TODAY, **rest)
        )
        assert still_open(work(session), DueKind.INVOICE, [row.id]) == []
        run_job(session, "escalate", london_instant(date(2027, 1, 4), 10))
        assert escalation.ended_at is not None


def test_an_invoice_that_cannot_be_is_refused(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        for changes, field in (
            ({"number": "nf-1044"}, "number"),
            ({"valid": date(2027, 1, 5)}, "valid"),
            ({"period": "2031-04"}, "period"),
        ):
            with pytest.raises(UserError) as refused:
                add(session, **changes)
            assert refused.value.field == field
        for bad in (
            {"amount": "0"},
            {"disputed": "5"},
            {"dispute": "Twice"},
            {"paid": "5"},
            {"paid": "5", "paid_day": TODAY},
            {"approved": "120,400.51"},
            {"valid": TODAY, "approved": "5", "paid": "5", "paid_day": TODAY - timedelta(days=1)},
        ):
            with pytest.raises(ValueError, match=r"(?i)amount|disput|paid|approved|more than 0"):
                record(**bad)


def test_a_partner_sees_its_own_invoices_and_enters_nothing(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        priya, kwame = act(session, PRIYA), act(session, KWAME)
        own = invoices.list_invoices(priya, "WP-NE")
        assert [each.invoice.number for each in own.lines] == ["NF-1044", "NF-1041", "NF-1038"]
        assert not own.can_change
        assert [each.invoice.number for each in invoices.list_invoices(priya).lines] == ["NF-1044"]
        key = contract_named(session, "WP-NE").public_id
        number = invoice(session, "NF-1044").public_id

        def refused(ctx: ActorContext) -> list[Any]:
            return [
                lambda: spend_page.spend_page(ctx, "WP-NE"),
                lambda: spend_entry.month_to_enter(ctx, key, "2026-12"),
                lambda: enter(session, "2026-12 paid 5", ctx.actor.slack),
                lambda: invoices.contract_to_add_to(ctx, "WP-NE"),
                lambda: invoices.contract_of_form(ctx, key),
                lambda: invoices.invoice_to_change(ctx, number),
                lambda: invoices.change_invoice(ctx, number, record()),
            ]

        for ctx in (priya, kwame):
            for act_of in refused(ctx):
                with pytest.raises((Denied, UserError)):
                    act_of()
        with pytest.raises(UserError):
            invoices.list_invoices(kwame, "WP-NE")
        assert invoices.list_invoices(kwame).lines == []


def test_files_bring_spend_and_invoices_and_what_contradicts_itself_is_refused(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        month = {"contract": "WP-NE", "period": "2026-12", "invoiced": "1,700,000.50", "paid": "90,000"}
        imported(work(session), rows_of(only("spend", month)))
        session.expire_all()
        row = spend(session, "2026-12")
        assert row is not None
        assert (row.invoiced, row.profile, row.entered_on) == (Decimal("1700000.50"), Decimal(1_760_000), TODAY)
        for sheet, rows, sentence in (
            ("spend", [month, {**month, "paid": "5"}], "spend"),
            ("spend", [{**month, "period": "2031-04"}], "outside the contract"),
            ("spend", [{**month, "disputed": "1,700,000.51"}], "disputed"),
            ("spend", [{**month, "period": "2026-10"}], "has invoices"),
            ("invoices", [_row(period="2026-12")], "has invoices"),
            ("invoices", [_row(period="2031-04")], "outside the contract"),
            ("invoices", [_row(valid=date(2027, 1, 5))], "has not come yet"),
            ("invoices", [_row(amount="-5")], "below 0"),
        ):
            with pytest.raises(CannotImport) as refused:
                imported(work(session), rows_of({sheet: rows}))
            assert sentence in str(refused.value), (sheet, rows)
        imported(work(session), rows_of(only("invoices", _row())))
        exported = dict(register_rows(work(session)))
        assert "WP-NE, NF-1060" in [each.known_as for each in exported[InvoiceRecord]]
        assert "WP-NE, 2026-12" in [each.known_as for each in exported[SpendRecord]]


def _row(**changes: object) -> dict[str, object]:
    usual = {"contract": "WP-NE", "number": "NF-1060", "period": "2027-02", "valid": date(2027, 1, 2), "amount": "5.50"}
    return {**usual, **changes}
