"""The pinned message in each shared channel; when somebody got a role; where the figures of a report can be checked."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
EVIDENCE = sa.String(length=1000)


def upgrade() -> None:
    op.create_table(
        "pinned_list",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("message", sa.String(length=120), nullable=False),
        sa.Column("shown", sa.String(length=64), nullable=False),
        sa.Column("seen", KEY, nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("pinned_at", INSTANT, nullable=True),
        sa.Column("problem", sa.String(length=60), nullable=False),
        sa.Column("try_at", INSTANT, nullable=True),
        sa.Column("unshared", sa.Boolean(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "channel"),
    )
    op.create_index(op.f("ix_pinned_list_channel"), "pinned_list", ["channel"])
    op.create_index(op.f("ix_pinned_list_message"), "pinned_list", ["message"])
    op.create_index("trail_entry_of_contract", "trail_entry", ["contract_id", "id"])
    op.drop_index("ix_trail_entry_contract_id", "trail_entry")
    op.add_column("role", sa.Column("given_at", INSTANT, nullable=True))
    op.create_index(op.f("ix_role_given_at"), "role", ["given_at"])
    op.add_column("report", sa.Column("evidence", EVIDENCE, nullable=True))
    op.execute("update report set evidence = ''")
    with op.batch_alter_table("report", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.alter_column("evidence", existing_type=EVIDENCE, nullable=False)


def downgrade() -> None:
    op.drop_column("report", "evidence")
    op.drop_index("ix_role_given_at", "role")
    op.drop_column("role", "given_at")
    op.create_index("ix_trail_entry_contract_id", "trail_entry", ["contract_id"])
    op.drop_index("trail_entry_of_contract", "trail_entry")
    op.drop_table("pinned_list")
