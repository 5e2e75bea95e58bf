"""A KPI, option, milestone or obligation may end before its time, for a reason. Milestones and obligations have public ids. The
cut-offs of a KPI are kept apart from it, each with the period from which they hold: those of before hold from its first."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PUBLIC_ID = sa.String(length=16)
REASON = sa.String(length=300)
ENDS = {
    "kpi": ("kpi", "last_period"),
    "extension_option": ("option", "ended_on"),
    "milestone": ("milestone", "ended_on"),
    "obligation": ("obligation", "ended_on"),
}
KEYED = ("milestone", "obligation")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIGURE = sa.BigInteger()
CUT_OFFS = ("good", "approaching", "requires_improvement")
ONE_WAY = (
    "(good >= approaching and approaching >= requires_improvement) or "
    "(good <= approaching and approaching <= requires_improvement)"
)
IN_ORDER = (
    "(direction = 'higher is better' and good >= approaching and approaching >= requires_improvement) or "
    "(direction = 'lower is better' and good <= approaching and approaching <= requires_improvement)"
)
FROM_ZERO = "may_be_negative or (good >= 0 and approaching >= 0 and requires_improvement >= 0)"
KPIS = sa.table("kpi", *map(sa.column, ("id", *CUT_OFFS)))
TARGETS = sa.table("kpi_target", *map(sa.column, ("kpi_id", "from_period", *CUT_OFFS)))


def upgrade() -> None:
    for table, (word, end) in ENDS.items():
        if end == "last_period":
            op.add_column(table, sa.Column(end, sa.String(length=7), nullable=True))
        else:
            op.add_column(table, sa.Column(end, sa.Date(), nullable=True))
        op.add_column(table, sa.Column("end_reason", REASON, nullable=False, server_default=""))
        if table in KEYED:
            op.add_column(table, sa.Column("public_id", PUBLIC_ID, nullable=True))
            _fill(table)
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
            batch.alter_column("end_reason", existing_type=REASON, server_default=None)
            batch.create_check_constraint(f"{word}_ended_for_a_reason", f"{end} is null or length(end_reason) > 0")
            if table in KEYED:
                batch.alter_column("public_id", existing_type=PUBLIC_ID, nullable=False)
        if table in KEYED:
            op.create_index(f"ix_{table}_public_id", table, ["public_id"], unique=True)
    _keep_targets_apart()


def downgrade() -> None:
    _put_last_targets_back()
    for table, (word, end) in ENDS.items():
        if table in KEYED:
            op.drop_index(f"ix_{table}_public_id", table)
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
            batch.drop_constraint(f"{word}_ended_for_a_reason", type_="check")
            batch.drop_column("end_reason")
            batch.drop_column(end)
            if table in KEYED:
                batch.drop_column("public_id")


def _keep_targets_apart() -> None:
    op.create_table(
        "kpi_target",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kpi_id", KEY, nullable=False),
        sa.Column("from_period", sa.String(length=7), nullable=False),
        *(sa.Column(name, FIGURE, nullable=False) for name in CUT_OFFS),
        sa.CheckConstraint(ONE_WAY, name="kpi_target_in_order"),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kpi_id", "from_period"),
    )
    database = op.get_bind()
    kpis = database.execute(
        sa.text(
            "select kpi.id as kpi_id, start_date, good, approaching, requires_improvement, "
            "(select min(period) from report where report.contract_id = contract.id) as first_report "
            "from kpi join contract on contract.id = kpi.contract_id order by kpi.id"
        )
    ).mappings()
    rows = [
        {
            "kpi_id": kpi["kpi_id"],
            "from_period": min(str(kpi["start_date"])[:7], kpi["first_report"] or "9999-12"),
            **{name: kpi[name] for name in CUT_OFFS},
        }
        for kpi in kpis
    ]
    if rows:
        database.execute(TARGETS.insert(), rows)
    with op.batch_alter_table("kpi", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint("kpi_cut_offs_in_order", type_="check")
        batch.drop_constraint("kpi_cut_offs_from_zero", type_="check")
        for name in CUT_OFFS:
            batch.drop_column(name)


def _put_last_targets_back() -> None:
    for name in CUT_OFFS:
        op.add_column("kpi", sa.Column(name, FIGURE, nullable=True))
        last = sa.select(TARGETS.c[name]).where(TARGETS.c.kpi_id == KPIS.c.id).order_by(TARGETS.c.from_period.desc())
        op.execute(sa.update(KPIS).values({name: last.limit(1).scalar_subquery()}))
    with op.batch_alter_table("kpi", reflect_kwargs={"resolve_fks": False}) as batch:
        for name in CUT_OFFS:
            batch.alter_column(name, existing_type=FIGURE, nullable=False)
        batch.create_check_constraint("kpi_cut_offs_in_order", IN_ORDER)
        batch.create_check_constraint("kpi_cut_offs_from_zero", FROM_ZERO)
    op.drop_table("kpi_target")


def _fill(table: str) -> None:
    """A random public id for every row."""
    records = sa.table(table, sa.column("id"), sa.column("public_id"))
    database = op.get_bind()
    ids = database.scalars(sa.select(records.c.id)).all()
    if ids:
        database.execute(
            sa.update(records).where(records.c.id == sa.bindparam("of")).values(public_id=sa.bindparam("new")),
            [{"of": each, "new": secrets.token_urlsafe(12)} for each in ids],
        )
