"""The Slack accounts that people of the register had before the one that they have now."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "earlier_account",
        sa.Column("slack", sa.String(length=40), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("slack"),
    )
    op.create_index(op.f("ix_earlier_account_person_id"), "earlier_account", ["person_id"])


def downgrade() -> None:
    op.drop_table("earlier_account")
