"""Service credits: what contracts say of them, the charges of each month, and the credits themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIGURE = sa.BigInteger()
STATE = ("proposed", "sent", "commented on", "confirmed", "deducted", "waived")
OPEN = sa.text("state not in ('deducted', 'waived')")


def upgrade() -> None:
    op.create_table(
        "credit_terms",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("since", sa.String(length=7), nullable=False),
        sa.Column("percent_per_point", FIGURE, nullable=False),
        sa.Column("approaching", sa.Integer(), nullable=False),
        sa.Column("requires_improvement", sa.Integer(), nullable=False),
        sa.Column("inadequate", sa.Integer(), nullable=False),
        sa.Column("doubles", sa.Boolean(), nullable=False),
        sa.Column("year_cap", FIGURE, nullable=True),
        sa.CheckConstraint("percent_per_point >= 0", name="credit_percent_per_point"),
        sa.CheckConstraint("approaching >= 0 and requires_improvement >= 0 and inadequate >= 0", name="credit_points"),
        sa.CheckConstraint("year_cap >= 0", name="credit_year_cap"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id"),
    )
    op.create_table(
        "spend",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("charges", FIGURE, nullable=True),
        sa.CheckConstraint("charges >= 0", name="spend_charges"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "period"),
    )
    _create_credits()


def downgrade() -> None:
    op.drop_table("service_credit")
    op.drop_table("spend")
    op.drop_table("credit_terms")


def _create_credits() -> None:
    op.create_table(
        "service_credit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATE, name="creditstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("amount", FIGURE, nullable=False),
        sa.Column("worth", FIGURE, nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("sendings", sa.Integer(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("comment", sa.String(length=2000), nullable=False),
        sa.Column("commented_on", sa.Date(), nullable=True),
        sa.Column("commented_by_id", KEY, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("invoice", sa.String(length=60), nullable=False),
        sa.Column("deducted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("part > 1 or amount >= 0", name="credit_amount"),
        sa.CheckConstraint("part > 0", name="credit_part"),
        sa.CheckConstraint("(commented_on is null) = (length(comment) = 0)", name="credit_commented_on"),
        sa.CheckConstraint("commented_by_id is null or commented_on is not null", name="credit_commented_by"),
        sa.CheckConstraint("state <> 'commented on' or commented_on is not null", name="credit_comment"),
        sa.CheckConstraint("state <> 'waived' or length(reason) > 0", name="credit_waived_for_a_reason"),
        sa.CheckConstraint("state <> 'deducted' or length(invoice) > 0", name="credit_deducted_on_an_invoice"),
        sa.CheckConstraint("(state = 'deducted') = (deducted_on is not null)", name="credit_deducted_on_a_day"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.ForeignKeyConstraint(["commented_by_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "period", "part"),
    )
    op.create_index(
        "service_credit_open",
        "service_credit",
        ["contract_id", "period"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_service_credit_public_id", "service_credit", ["public_id"], unique=True)
    op.create_index("ix_service_credit_reached_on", "service_credit", ["reached_on"])
