"""The spend of contracts by month, and the invoices of their partners."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.domain.periods import Month, months
from bot.domain.spend import MonthOfSpend, Outturn, Sums
from bot.interactions import record_forms
from bot.models import Invoice, Spend
from bot.records import InvoiceRecord, SpendRecord
from bot.services.money.invoices import InvoiceCard, InvoiceLine, InvoiceList
from bot.services.money.months import SpendLine
from bot.services.money.spend_entry import MonthCard
from bot.services.money.spend_page import SpendPage
from tests.builders import facts
from tests.unit.renders.common import LONG, NAME, Contexts, long_text

LARGE = facts(**LONG, partner=NAME)
MOST = Decimal("999999999999.99")
DECEMBER = Month(2026, 12)
YEAR = list(months(Month(2026, 4), Month(2027, 3)))


def row(month: Month = DECEMBER, **columns: Any) -> Spend:  # noqa: ANN401  # whichever columns a case is about
    return Spend(id=3, contract_id=1, period=month.key, entered_on=date(2027, 1, 4), **columns)


def line(month: Month = DECEMBER, *, is_over: bool = True, has_invoices: bool = False, **columns: Any) -> SpendLine:  # noqa: ANN401  # as above
    kept = row(month, **columns)
    return SpendLine(MonthOfSpend(month, kept.sums, is_over), kept, has_invoices)


PLANNED: dict[str, Any] = {"profile": Decimal(350_000)}
PAID: dict[str, Any] = {"invoiced": Decimal("362480.50"), "approved": Decimal("362480.50"), "paid": Decimal(350_000)}
USUAL = line(**PLANNED, **PAID)
OVER = line(**PLANNED, invoiced=Decimal(420_000), approved=Decimal(350_000), disputed=Decimal(60_000))
EXPLAINED = line(**PLANNED, invoiced=Decimal(300_000), reason="Two hubs opened a month later than planned")
CHARGED = line(charges=Decimal("362480.50"))
NOTHING = SpendLine(MonthOfSpend(DECEMBER, Sums(), is_over=False))
ALL: dict[str, Any] = dict.fromkeys(("profile", "invoiced", "approved", "paid", "forecast", "charges"), MOST)
HUGE = line(**ALL, reason=long_text(500))
HUGE_OVER = line(profile=Decimal(1), invoiced=MOST, forecast=MOST)


def invoice(**changes: Any) -> Invoice:  # noqa: ANN401  # as above
    usual: dict[str, Any] = {"id": 3, "public_id": "key-of-a-record0", "contract_id": 1, "number": "NF-1044"}
    usual |= {"period": "2026-11", "valid_on": date(2026, 11, 20), "amount": Decimal("120400.50")}
    return Invoice(**{**usual, **changes})


DISPUTED: dict[str, Any] = {"disputed": Decimal(20_000), "dispute": "14 starts are claimed twice"}
SETTLED: dict[str, Any] = {
    "approved": Decimal("120400.50"),
    "paid": Decimal("120400.50"),
    "paid_on": date(2026, 12, 18),
}
PARTLY: dict[str, Any] = {
    "approved": Decimal(90_000),
    "paid": Decimal(90_000),
    "paid_on": date(2026, 12, 18),
    **DISPUTED,
}
INVOICES = [
    InvoiceLine(invoice(), "WP-NE", 15),
    InvoiceLine(invoice(approved=Decimal("100400.50"), **DISPUTED), "WP-NE"),
    InvoiceLine(invoice(disputed=Decimal("120400.50"), dispute="It was paid before"), "WP-NE"),
    InvoiceLine(invoice(**PARTLY), "WP-NE"),
    InvoiceLine(invoice(**SETTLED), "WP-NE"),
]
LONG_INVOICE = InvoiceLine(
    invoice(number=long_text(60), amount=MOST, disputed=MOST, dispute=long_text(500)), LARGE.reference, 1234
)


def page(lines: list[SpendLine], **changes: Any) -> SpendPage:  # noqa: ANN401  # as above
    usual: dict[str, Any] = {"contract": facts(), "year": 2026, "lines": lines, "last": "March 2031"}
    usual |= {"outturn": Outturn(Decimal("712480.50"), Decimal(71_000_000), 0, Decimal(84_000_000))}
    return SpendPage(**{**usual, **changes})


def year_of(first: SpendLine, *others: SpendLine) -> list[SpendLine]:
    filled = [first, *others]
    return [
        replace(filled[place % len(filled)], of_month=replace(filled[place % len(filled)].of_month, month=month))
        for place, month in enumerate(YEAR)
    ]


CARD = MonthCard(facts(), USUAL, changed=True)
LARGE_PAGE = page(
    year_of(HUGE_OVER), contract=LARGE, outturn=Outturn(MOST, MOST, 72, Decimal(1)), late=[LONG_INVOICE] * 9,
    before=2025, after=2027, can_change=True,
)  # fmt: skip
MESSAGE_CONTEXTS: Contexts = {
    "money/page": {
        "smallest": {"page": page([NOTHING], contract=facts(sample=False))},
        "usual": {
            "page": page(
                year_of(USUAL, OVER, EXPLAINED, line(is_over=False, **PLANNED, forecast=Decimal(352_000))),
                late=INVOICES[:1],
                before=2025,
                after=2027,
                can_change=True,
            )
        },
        "planned": {"page": page([line(**PLANNED), line(**PLANNED, invoiced=Decimal(350_000))], after=2027)},
        "beyond_its_value": {
            "page": page([CHARGED], outturn=Outturn(Decimal(80_000_000), Decimal(6_000_000), 3, Decimal(84_000_000)))
        },
        "without_value": {"page": page([USUAL], outturn=Outturn(Decimal(5), Decimal(5), 1, Decimal(0)))},
        "many_late": {"page": page([USUAL], late=INVOICES[:1] * 7)},
        "largest": {"page": LARGE_PAGE},
    },
    "money/month": {
        "smallest": {"card": MonthCard(facts(), NOTHING)},
        "usual": {"card": CARD},
        "asks": {"card": replace(CARD, line=OVER)},
        "explained": {"card": replace(CARD, line=EXPLAINED)},
        "planned": {"card": replace(CARD, line=line(**PLANNED, invoiced=Decimal(350_000)))},
        "largest": {"card": MonthCard(LARGE, HUGE, changed=True)},
    },
    "money/varies": {
        "smallest": {"card": MonthCard(facts(sample=False), OVER)},
        "usual": {"card": MonthCard(facts(), EXPLAINED)},
        "largest": {"card": MonthCard(LARGE, HUGE_OVER)},
    },
    "money/invoices": {
        "smallest": {"found": InvoiceList(None, [], 0)},
        "usual": {"found": InvoiceList(facts(), INVOICES, 0, can_change=True)},
        "of_partner": {"found": InvoiceList(facts(), INVOICES, 0)},
        "all": {"found": InvoiceList(None, INVOICES[:1], 3)},
        "largest": {"found": InvoiceList(LARGE, [LONG_INVOICE] * 15, 1234, can_change=True)},
    },
}


def inputs(kept: Spend | None) -> list[record_forms.FormInput]:
    return record_forms.inputs(SpendRecord, SpendRecord.kept_in(kept) if kept else {}, {})


def invoice_inputs(kept: Invoice | None) -> list[record_forms.FormInput]:
    return record_forms.inputs(InvoiceRecord, InvoiceRecord.kept_in(kept) if kept else {}, {})


VIEW_CONTEXTS: Contexts = {
    "money/spend_form": {
        "smallest": {"card": MonthCard(facts(), NOTHING), "inputs": inputs(None)},
        "usual": {"card": MonthCard(facts(), OVER), "inputs": inputs(OVER.row)},
        "with_invoices": {
            "card": MonthCard(facts(), replace(EXPLAINED, has_invoices=True)),
            "inputs": inputs(EXPLAINED.row)[:3],
        },
        "largest": {"card": MonthCard(LARGE, HUGE), "inputs": inputs(HUGE.row)},
    },
    "money/spend_saved": {
        "smallest": {"card": MonthCard(facts(), CHARGED)},
        "usual": {"card": CARD},
        "asks": {"card": replace(CARD, line=OVER)},
        "largest": {"card": MonthCard(LARGE, HUGE, changed=True)},
    },
    "money/invoice_form": {
        "smallest": {"key": "key-of-a-contrac", "contract": facts(), "invoice": None, "inputs": invoice_inputs(None)},
        "usual": {
            "key": "key-of-a-record0",
            "contract": facts(),
            "invoice": invoice(**PARTLY),
            "inputs": invoice_inputs(invoice(**PARTLY)),
        },
        "largest": {
            "key": "key-of-a-record0",
            "contract": LARGE,
            "invoice": LONG_INVOICE.invoice,
            "inputs": invoice_inputs(LONG_INVOICE.invoice),
        },
    },
    "money/invoice_saved": {
        "smallest": {"card": InvoiceCard(invoice(), facts(), is_new=True)},
        "usual": {"card": InvoiceCard(invoice(**PARTLY), facts())},
        "largest": {"card": InvoiceCard(LONG_INVOICE.invoice, LARGE)},
    },
}
