"""An option's decision is kept with its day, who made it and why; a plan keeps the days it came and changed. Options, memos and plans
get a public id, because buttons name them."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("extension_option", "memo", "rectification_plan")
PUBLIC_ID = sa.String(length=16)
REASON = sa.String(length=1000)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DECIDED_BY = "extension_option_decided_by_id_fkey"
CHECKS = {
    "option_decided_by_someone": "(decided_on is null) = (decided_by_id is null)",
    "option_decided_for_a_reason": "decided_on is null or length(decision_reason) > 0",
}


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("public_id", PUBLIC_ID, nullable=True))
        _fill(table)
    op.add_column("extension_option", sa.Column("decided_on", sa.Date(), nullable=True))
    op.add_column("extension_option", sa.Column("decided_by_id", KEY, nullable=True))
    op.add_column("extension_option", sa.Column("decision_reason", REASON, nullable=True))
    op.execute("update extension_option set decision_reason = ''")
    op.add_column("rectification_plan", sa.Column("received_on", sa.Date(), nullable=True))
    op.add_column("rectification_plan", sa.Column("status_on", sa.Date(), nullable=True))
    for table in TABLES:
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
            batch.alter_column("public_id", existing_type=PUBLIC_ID, nullable=False)
            if table == "extension_option":
                batch.alter_column("decision_reason", existing_type=REASON, nullable=False)
                batch.create_foreign_key(DECIDED_BY, "person", ["decided_by_id"], ["id"])
                for name, said in CHECKS.items():
                    batch.create_check_constraint(name, said)
        op.create_index(f"ix_{table}_public_id", table, ["public_id"], unique=True)


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_public_id", table)
    with op.batch_alter_table("extension_option", reflect_kwargs={"resolve_fks": False}) as batch:
        for name in CHECKS:
            batch.drop_constraint(name, type_="check")
        batch.drop_constraint(DECIDED_BY, type_="foreignkey")
        for column in ("decision_reason", "decided_by_id", "decided_on"):
            batch.drop_column(column)
    op.drop_column("rectification_plan", "status_on")
    op.drop_column("rectification_plan", "received_on")
    for table in TABLES:
        op.drop_column(table, "public_id")


def _fill(table: str) -> None:
    records = sa.table(table, sa.column("id"), sa.column("public_id"))
    database = op.get_bind()
    ids = database.scalars(sa.select(records.c.id)).all()
    if ids:
        database.execute(
            sa.update(records).where(records.c.id == sa.bindparam("of")).values(public_id=sa.bindparam("new")),
            [{"of": each, "new": secrets.token_urlsafe(12)} for each in ids],
        )
