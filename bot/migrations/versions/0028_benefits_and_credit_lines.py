"""The benefits of contracts, and the working by which service credits were sent, waived or deducted.

The working of credits that were settled before is filled in where it can be worked out: the accepted figures and the
charges of the month make the very sum that was settled. Where they make another, they have changed since, or the cap of
the year limited it, and no lines are filled in.
"""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIGURE = sa.BigInteger()
SCALE, PENNY = 10_000, Decimal("0.01")
RATINGS = ("Good", "Approaching target", "Requires improvement", "Inadequate", "Other")
POINTS = {
    "Approaching target": "approaching",
    "Requires improvement": "requires_improvement",
    "Inadequate": "inadequate",
}


def upgrade() -> None:
    _create_benefits()
    _create_workings()
    _fill()


def downgrade() -> None:
    op.drop_table("credit_working_line")
    op.drop_table("credit_working")
    op.drop_table("benefit_figure")
    op.drop_table("benefit")


def _choice(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _create_workings() -> None:
    op.create_table(
        "credit_working",
        sa.Column("credit_id", KEY, nullable=False, autoincrement=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("charges", FIGURE, nullable=True),
        sa.Column("percent", FIGURE, nullable=False),
        sa.Column("uncapped", FIGURE, nullable=False),
        sa.Column("amount", FIGURE, nullable=False),
        sa.Column("capped_by", _choice("cap", ("month", "year")), nullable=True),
        sa.ForeignKeyConstraint(["credit_id"], ["service_credit.id"]),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.PrimaryKeyConstraint("credit_id"),
    )
    op.create_index("ix_credit_working_contract_id", "credit_working", ["contract_id"])
    op.create_table(
        "credit_working_line",
        sa.Column("credit_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("kpi", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("rating", _choice("rating", RATINGS), nullable=False),
        sa.Column("figure", sa.String(length=60), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["credit_id"], ["service_credit.id"]),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.PrimaryKeyConstraint("credit_id", "number"),
    )
    op.create_index("ix_credit_working_line_contract_id", "credit_working_line", ["contract_id"])


def _fill() -> None:
    settled = sa.text(
        "select credit.id, credit.contract_id, credit.period, credit.amount, spend.charges, contract.service_credit_cap, "
        "terms.percent_per_point, terms.approaching, terms.requires_improvement, terms.inadequate, terms.doubles "
        "from service_credit credit join credit_terms terms on terms.contract_id = credit.contract_id "
        "join contract on contract.id = credit.contract_id "
        "join spend on spend.contract_id = credit.contract_id and spend.period = credit.period "
        "where credit.state in ('deducted', 'waived') and credit.part = 1 and spend.charges is not null "
        "order by credit.id"
    )
    for credit in op.get_bind().execute(settled).mappings().all():
        _fill_one(dict(credit))


def _fill_one(credit: dict[str, Any]) -> None:
    """Keep the working of a credit, if it makes the sum that was settled."""
    before = {row["code"]: row["rating"] for row in _accepted(credit["contract_id"], _before(credit["period"]))}
    lines = []
    for row in _accepted(credit["contract_id"], credit["period"]):
        points = _points(credit, row["rating"])
        fell_short = points and credit["doubles"] and _points(credit, before.get(row["code"], "Good"))
        lines.append({**row, "points": points, "times": 2 if fell_short else 1})
    charges, percent = (Decimal(credit[name]) / SCALE for name in ("charges", "percent_per_point"))
    percent *= sum(line["points"] * line["times"] for line in lines)
    uncapped = amount = (charges * percent / 100).quantize(PENNY, ROUND_HALF_UP)
    if credit["service_credit_cap"] is not None:
        amount = min(amount, (charges * credit["service_credit_cap"] / SCALE / 100).quantize(PENNY, ROUND_DOWN))
    if lines and int(amount * SCALE) == credit["amount"]:
        _keep(credit, lines, percent, uncapped, amount)


def _keep(
    credit: dict[str, Any], lines: list[dict[str, Any]], percent: Decimal, uncapped: Decimal, amount: Decimal
) -> None:
    of_credit = {"credit_id": credit["id"], "contract_id": credit["contract_id"]}
    sums = {"percent": int(percent * SCALE), "uncapped": int(uncapped * SCALE), "amount": int(amount * SCALE)}
    capped_by = "month" if amount < uncapped else None
    working = sa.text(
        "insert into credit_working (credit_id, contract_id, charges, percent, uncapped, amount, capped_by) "
        "values (:credit_id, :contract_id, :charges, :percent, :uncapped, :amount, :capped_by)"
    )
    made = {**of_credit, **sums, "charges": credit["charges"], "capped_by": capped_by}
    op.get_bind().execute(working, made)
    line = sa.text(
        "insert into credit_working_line (credit_id, number, contract_id, kpi, name, rating, figure, why, points, times) "
        "values (:credit_id, :number, :contract_id, :code, :name, :rating, :figure, :why, :points, :times)"
    )
    for number, each in enumerate(lines, 1):
        op.get_bind().execute(line, {**of_credit, **each, "number": number, "figure": _figure(each)})


def _accepted(contract_id: int, period: str) -> list[dict[str, Any]]:
    """The figures of a month whose report is accepted, KPI by KPI."""
    found = sa.text(
        "select kpi.code, kpi.name, kpi.unit, reading.rating, reading.value, reading.why from report "
        "join reading on reading.report_id = report.id join kpi on kpi.id = reading.kpi_id "
        "where report.contract_id = :contract_id and report.period = :period and report.decision = 'accepted' "
        "order by kpi.id"
    )
    rows = op.get_bind().execute(found, {"contract_id": contract_id, "period": period})
    return [dict(row) for row in rows.mappings()]


def _points(credit: dict[str, Any], rating: str) -> int:
    return int(credit[POINTS[rating]]) if rating in POINTS else 0


def _before(period: str) -> str:
    year, month = int(period[:4]), int(period[5:])
    return f"{year - (month == 1):04}-{(month - 2) % 12 + 1:02}"


def _figure(row: dict[str, Any]) -> str:
    """A figure with its unit: 188 seconds, 6.7%."""
    if row["value"] is None:
        return ""
    number = f"{Decimal(row['value']) / SCALE:,.4f}".rstrip("0").rstrip(".")
    return number if row["unit"] == "count" else f"{number}%" if row["unit"] == "%" else f"{number} {row['unit']}"


def _create_benefits() -> None:
    op.create_table(
        "benefit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("baseline", FIGURE, nullable=True),
        sa.Column("owner_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "name"),
    )
    op.create_index("ix_benefit_public_id", "benefit", ["public_id"], unique=True)
    op.create_table(
        "benefit_figure",
        sa.Column("id", KEY, nullable=False),
        sa.Column("benefit_id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("profile", FIGURE, nullable=True),
        sa.Column("actual", FIGURE, nullable=True),
        sa.ForeignKeyConstraint(["benefit_id"], ["benefit.id"]),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("benefit_id", "period"),
    )
    op.create_index("ix_benefit_figure_contract_id", "benefit_figure", ["contract_id"])
