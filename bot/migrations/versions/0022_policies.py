"""A version of a policy may be a minor one, which only informs, and a policy in force has a day by which it is reviewed."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("document", sa.Column("review_by", sa.Date(), nullable=True))
    op.create_index("ix_document_review_by", "document", ["review_by"])
    op.add_column("document_version", sa.Column("is_minor", sa.Boolean(), nullable=True))
    op.execute(sa.text("update document_version set is_minor = :no").bindparams(no=False))
    with op.batch_alter_table("document_version") as batch:
        batch.alter_column("is_minor", existing_type=sa.Boolean(), nullable=False)


def downgrade() -> None:
    op.drop_column("document_version", "is_minor")
    op.drop_index("ix_document_review_by", "document")
    op.drop_column("document", "review_by")
