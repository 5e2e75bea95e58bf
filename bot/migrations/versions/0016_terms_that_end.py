"""A KPI, option, milestone or obligation may end before its time, for a reason. Milestones and obligations have public ids."""

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


def downgrade() -> None:
    for table, (word, end) in ENDS.items():
        if table in KEYED:
            op.drop_index(f"ix_{table}_public_id", table)
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
            batch.drop_constraint(f"{word}_ended_for_a_reason", type_="check")
            batch.drop_column("end_reason")
            batch.drop_column(end)
            if table in KEYED:
                batch.drop_column("public_id")


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
