"""The one row of the risk settings is always number 1: on PostgreSQL a sequence came with its table all the same."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("alter table risk_settings alter column id drop default")
        op.execute("drop sequence risk_settings_id_seq")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("create sequence risk_settings_id_seq owned by risk_settings.id")
        op.execute("alter table risk_settings alter column id set default nextval('risk_settings_id_seq')")
