"""An intervention can be handed to another lead, which its log says. What a partner sent as a plan has its number, by
which files name it."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

BEFORE = ("reviewed", "supported", "sent to the partner", "left")
NOW = ("reviewed", "supported", "handed over", "sent to the partner", "left")
SENT = sa.table("plan_submission", sa.column("id"), sa.column("plan_id"), sa.column("number"))
ENTRIES = sa.table("intervention_entry", sa.column("kind"))


def upgrade() -> None:
    _kinds(NOW)
    op.add_column("plan_submission", sa.Column("number", sa.Integer(), nullable=True))
    earlier = SENT.alias()
    before = sa.select(sa.func.count()).where(earlier.c.plan_id == SENT.c.plan_id, earlier.c.id <= SENT.c.id)
    op.execute(sa.update(SENT).values(number=before.scalar_subquery()))
    with op.batch_alter_table("plan_submission", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.alter_column("number", existing_type=sa.Integer(), nullable=False)
        batch.create_unique_constraint("plan_submission_plan_id_number_key", ["plan_id", "number"])


def downgrade() -> None:
    with op.batch_alter_table("plan_submission", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint("plan_submission_plan_id_number_key", type_="unique")
        batch.drop_column("number")
    op.execute(sa.delete(ENTRIES).where(ENTRIES.c.kind == "handed over"))
    _kinds(BEFORE)


def _kinds(words: tuple[str, ...]) -> None:
    with op.batch_alter_table("intervention_entry", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint("interventionevent", type_="check")
        batch.create_check_constraint("interventionevent", "kind IN ({})".format(", ".join(f"'{w}'" for w in words)))
