"""The texts of a contact and of a risk's assessment can be redacted; the rest of them still never changes."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = {
    "contact": (
        *("id", "public_id", "contract_id", "channel", "happened_on", "happened_at", "made_by", "next_contact_on"),
        *("formal_notice", "author_id", "logged_at", "corrects_id", "withdrawn"),
    ),
    "risk_assessment": ("id", "risk_id", "likelihood", "impact", "assessed_by_id", "assessed_at"),
}
SQLITE = (
    "create trigger {table}_no_update before update on {table} {when}"
    "begin select raise(abort, '{table} is append-only'); end"
)
POSTGRESQL = (
    "create trigger {table}_append_only before {verbs} on {table} "
    "for each statement execute function {table}_append_only()"
)
POSTGRESQL_UPDATE = (
    "create trigger {table}_no_update before update on {table} "
    "for each row when (not ({but_for})) execute function {table}_append_only()"
)


def upgrade() -> None:
    for table, kept in KEPT.items():
        op.add_column(table, sa.Column("redaction_id", KEY))
        stay = (f"coalesce(cast(new.{each} as text), '') = coalesce(cast(old.{each} as text), '')" for each in kept)
        but_for = " and ".join(["coalesce(new.redaction_id, 0) > coalesce(old.redaction_id, 0)", *stay])
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"drop trigger {table}_no_update")
            op.execute(SQLITE.format(table=table, when=f"when not ({but_for}) "))
        else:
            op.execute(f"drop trigger {table}_append_only on {table}")
            op.execute(POSTGRESQL.format(table=table, verbs="truncate"))
            op.execute(POSTGRESQL_UPDATE.format(table=table, but_for=but_for))


def downgrade() -> None:
    for table in KEPT:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"drop trigger {table}_no_update")
            op.execute(SQLITE.format(table=table, when=""))
        else:
            op.execute(f"drop trigger {table}_no_update on {table}")
            op.execute(f"drop trigger {table}_append_only on {table}")
            op.execute(POSTGRESQL.format(table=table, verbs="update or truncate"))
        with op.batch_alter_table(table) as batch:
            batch.drop_column("redaction_id")
