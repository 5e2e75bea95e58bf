"""A KPI says whether its figures and cut-offs may be below 0, as those of a net promoter score are."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

FROM_ZERO = "may_be_negative or (good >= 0 and approaching >= 0 and requires_improvement >= 0)"
NO_SHARE = "not may_be_negative or combines <> 'ratio'"


def upgrade() -> None:
    with op.batch_alter_table("kpi") as table:
        table.add_column(sa.Column("may_be_negative", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_check_constraint("kpi_cut_offs_from_zero", FROM_ZERO)
        table.create_check_constraint("kpi_negative_is_no_share", NO_SHARE)
    with op.batch_alter_table("kpi") as table:
        table.alter_column("may_be_negative", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("kpi") as table:
        table.drop_constraint("kpi_negative_is_no_share", type_="check")
        table.drop_constraint("kpi_cut_offs_from_zero", type_="check")
        table.drop_column("may_be_negative")
