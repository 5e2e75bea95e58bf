"""Bank holidays that were proclaimed beside the published ones, and the calendar that days were last worked out by.

The first row is Scotland's bank holiday of 15 June 2026, for its men's team at the football World Cup: the Royal
Proclamation of 4 February 2026 under section 1(3) of the Banking and Financial Dealings Act 1971.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NATION = sa.Enum(
    "England and Wales",
    "Scotland",
    "Northern Ireland",
    name="nation",
    native_enum=False,
    create_constraint=True,
    length=40,
)


def upgrade() -> None:
    op.create_table(
        "proclaimed_day",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("nation", NATION, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("is_holiday", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("nation", "day"),
    )
    op.create_index("ix_proclaimed_day_public_id", "proclaimed_day", ["public_id"], unique=True)
    op.create_table(
        "calendar_basis",
        sa.Column("id", KEY, nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("proclaimed", sa.JSON(), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(
        sa.text(
            "insert into proclaimed_day (public_id, nation, day, name, is_holiday, source) values "
            "(:public_id, 'Scotland', '2026-06-15', 'World Cup bank holiday', true, 'Royal Proclamation of 4 February 2026')"
        ).bindparams(public_id=secrets.token_urlsafe(12))
    )


def downgrade() -> None:
    op.drop_table("calendar_basis")
    op.drop_index("ix_proclaimed_day_public_id", "proclaimed_day")
    op.drop_table("proclaimed_day")
