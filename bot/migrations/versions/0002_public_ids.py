"""A random public id for every record that a button or a form names."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "absence",
    "action",
    "contact",
    "contract",
    "escalation",
    "kept_form",
    "kpi",
    "more_time",
    "nudge_line",
    "organisation",
    "report",
    "risk",
)
PUBLIC_ID = sa.String(length=16)


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("public_id", PUBLIC_ID, nullable=True))
    _let_contacts_change()
    for table in TABLES:
        _fill(table)
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
            batch.alter_column("public_id", existing_type=PUBLIC_ID, nullable=False)
        op.create_index(f"ix_{table}_public_id", table, ["public_id"], unique=True)
    _keep_contacts_as_they_are()


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_public_id", table)
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


def _let_contacts_change() -> None:
    """Contacts are never changed, and their triggers see to it: but for this once."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("drop trigger contact_no_update")
    else:
        op.execute("alter table contact disable trigger contact_append_only")


def _keep_contacts_as_they_are() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "create trigger contact_no_update before update on contact "
            "begin select raise(abort, 'contact is append-only'); end"
        )
    else:
        op.execute("alter table contact enable trigger contact_append_only")
