"""The benefits of contracts, with what was planned and what came of it by month."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIGURE = sa.BigInteger()


def upgrade() -> None:
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


def downgrade() -> None:
    op.drop_table("benefit_figure")
    op.drop_table("benefit")
