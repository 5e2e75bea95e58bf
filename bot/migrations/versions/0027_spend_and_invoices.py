"""The spend of each month, against its profile and forecast, and the partner's invoices."""

import re
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIGURE = sa.BigInteger()
SUMS = ("profile", "invoiced", "approved", "disputed", "paid", "forecast")
CHECKS = {
    "spend_expected": "profile >= 0 and forecast >= 0",
    "spend_sums": "invoiced >= 0 and approved >= 0 and disputed >= 0 and paid >= 0",
    "spend_of_what_was_invoiced": "coalesce(approved, 0) + coalesce(disputed, 0) <= coalesce(invoiced, 0)",
    "spend_paid_of_what_was_approved": "coalesce(paid, 0) <= coalesce(approved, invoiced, 0)",
}
SUBJECT = "invoice"
KINDS = ("invoice to pay", "variance to explain")


def upgrade() -> None:
    for name in SUMS:
        op.add_column("spend", sa.Column(name, FIGURE, nullable=True))
    op.add_column("spend", sa.Column("reason", sa.String(length=500), nullable=True))
    op.add_column("spend", sa.Column("entered_on", sa.Date(), nullable=True))
    _fill()
    with op.batch_alter_table("spend", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.alter_column("reason", existing_type=sa.String(length=500), nullable=False)
        batch.alter_column("entered_on", existing_type=sa.Date(), nullable=False)
        for name, said in CHECKS.items():
            batch.create_check_constraint(name, said)
    _create_invoices()
    _change_words("escalation", "subject", "kind", more=SUBJECT)


def downgrade() -> None:
    _forget()
    _change_words("escalation", "subject", "kind", less=SUBJECT)
    op.drop_table("invoice")
    with op.batch_alter_table("spend", reflect_kwargs={"resolve_fks": False}) as batch:
        for name in CHECKS:
            batch.drop_constraint(name, type_="check")
        for name in (*SUMS, "reason", "entered_on"):
            batch.drop_column(name)


def _fill() -> None:
    """What is there has its charges alone, of which nothing falls due: they count as entered when their month began."""
    spend = sa.table(
        "spend", sa.column("period", sa.String()), sa.column("reason", sa.String()), sa.column("entered_on", sa.Date())
    )
    bind = op.get_bind()
    for period in bind.execute(sa.select(spend.c.period).distinct()).scalars().all():
        values = {"reason": "", "entered_on": date(int(period[:4]), int(period[5:]), 1)}
        bind.execute(sa.update(spend).where(spend.c.period == period).values(**values))


def _create_invoices() -> None:
    op.create_table(
        "invoice",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("valid_on", sa.Date(), nullable=False),
        sa.Column("amount", FIGURE, nullable=False),
        sa.Column("approved", FIGURE, nullable=True),
        sa.Column("disputed", FIGURE, nullable=True),
        sa.Column("dispute", sa.String(length=500), nullable=False),
        sa.Column("paid", FIGURE, nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.CheckConstraint("amount > 0", name="invoice_amount"),
        sa.CheckConstraint("approved >= 0 and disputed >= 0 and paid >= 0", name="invoice_sums"),
        sa.CheckConstraint("coalesce(approved, 0) + coalesce(disputed, 0) <= amount", name="invoice_of_its_amount"),
        sa.CheckConstraint("paid is null or paid <= coalesce(approved, 0)", name="invoice_paid_of_what_was_approved"),
        sa.CheckConstraint("(coalesce(disputed, 0) > 0) = (length(dispute) > 0)", name="invoice_disputed_for_a_reason"),
        sa.CheckConstraint("(coalesce(paid, 0) > 0) = (paid_on is not null)", name="invoice_paid_on_a_day"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "number"),
    )
    op.create_index("ix_invoice_public_id", "invoice", ["public_id"], unique=True)
    op.create_index("ix_invoice_valid_on", "invoice", ["valid_on"])


def _forget() -> None:
    """Take out what names invoices and variances, of which the revision before knows nothing."""
    escalations = sa.table("escalation", sa.column("id", sa.BigInteger), sa.column("kind"))
    steps = sa.table("escalation_step", sa.column("escalation_id", sa.BigInteger))
    of_invoices = sa.select(escalations.c.id).where(escalations.c.kind == SUBJECT)
    op.execute(sa.delete(steps).where(steps.c.escalation_id.in_(of_invoices)))
    op.execute(sa.delete(escalations).where(escalations.c.kind == SUBJECT))
    for table in ("more_time", "reminder_line", "reminder_setting", "snooze"):
        row = sa.table(table, sa.column("kind", sa.String))
        op.execute(sa.delete(row).where(row.c.kind.in_(KINDS)))


def _change_words(table: str, name: str, column: str, *, more: str = "", less: str = "") -> None:
    """Let a column have one word more, or one less, than it may have now. On SQLite no row is touched (sqlite.org/lang_altertable.html,
    Making Other Kinds Of Table Schema Changes)."""
    database = op.get_bind()
    if database.dialect.name == "sqlite":
        _rewrite(table, rf"CONSTRAINT {name} CHECK \({column} IN \(([^)]*)\)\)", more, less)
        return
    found = sa.text(
        "select pg_get_constraintdef(oid) from pg_constraint where conrelid = cast(:table as regclass) and conname = :name"
    )
    made = database.scalar(found, {"table": table, "name": name.strip('"')})
    allowed = _allowed(re.findall(r"'([^']*)'::", made), more, less)
    op.execute(f"alter table {table} drop constraint {name}")
    op.execute(f"alter table {table} add constraint {name} check ({column} in ({allowed}))")


def _allowed(words: list[str], more: str, less: str) -> str:
    return ", ".join(f"'{each}'" for each in [*words, *([more] if more else [])] if each != less)


def _rewrite(table: str, pattern: str, more: str, less: str) -> None:
    """Change the words that a table's own statement lists for a column."""
    database = op.get_bind()
    of_table = {"table": table}
    made = database.scalar(sa.text("select sql from sqlite_master where type = 'table' and name = :table"), of_table)
    found = re.search(pattern, made)
    if found is None:
        raise ValueError(f"the table {table} has no {pattern}")
    words = _allowed(re.findall("'([^']*)'", found[1]), more, less)
    changed = f"{made[: found.start(1)]}{words}{made[found.end(1) :]}"
    version = database.exec_driver_sql("pragma schema_version").scalar_one()
    op.execute("pragma writable_schema = on")
    database.execute(
        sa.text("update sqlite_master set sql = :sql where type = 'table' and name = :table"),
        {"sql": changed, **of_table},
    )
    op.execute(f"pragma schema_version = {version + 1}")
    op.execute("pragma writable_schema = off")
