"""A message keeps when its blocks were removed, and the database finds quickly which may be, what updates and answers a
message, and what belongs to a contract."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TO_EMPTY = "emptied_at is null and state in ('sent', 'dropped')"
INDEXES = {
    "outbox_to_empty": ("settled_at", TO_EMPTY),
    "outbox_replacing": ("replaces_id", "replaces_id is not null"),
    "outbox_in_thread": ("thread_of_id", "thread_of_id is not null"),
    "outbox_of_contract": ("contract_id", "contract_id is not null"),
}


def upgrade() -> None:
    op.add_column("outbox_message", sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True))
    for name, (column, where) in INDEXES.items():
        op.create_index(name, "outbox_message", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "outbox_message")
    with op.batch_alter_table("outbox_message", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_column("emptied_at")
