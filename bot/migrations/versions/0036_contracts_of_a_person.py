"""The contracts of a person are found in an index alone, in their order, however many they have."""

from alembic import op

revision = "0036"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("role_of_person", "role", ["person_id", "contract_id", "role"])
    op.drop_index("ix_role_person_id", "role")


def downgrade() -> None:
    op.create_index("ix_role_person_id", "role", ["person_id"])
    op.drop_index("role_of_person", "role")
