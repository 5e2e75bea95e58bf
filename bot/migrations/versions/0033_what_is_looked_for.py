"""What is due is found by its day, however many contracts there are: a contract keeps the day on which it came into the
register. What people decided lately is found without a look at the whole history of reports."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_contract_registered_on": ("contract", ["registered_on"], ""),
    "ix_contract_start_date": ("contract", ["start_date"], ""),
    "contract_of_regime": ("contract", ["regime", "end_date"], ""),
    "contract_own_visits_start_date": ("contract", ["visit_months", "start_date"], "visit_months is not null"),
    "contract_own_visits_registered_on": ("contract", ["visit_months", "registered_on"], "visit_months is not null"),
    "report_awaited_prompt": ("report", ["prompt_at"], "received_at is null"),
    "report_awaited_due": ("report", ["due_on"], "received_at is null"),
    "report_awaited_asked": ("report", ["asked_on"], "received_at is null"),
    "report_decided": ("report", ["decision", "decided_at"], "decided_by_id is not null"),
    "action_of_finding": ("action", ["finding_id"], "finding_id is not null"),
    "ix_rectification_plan_status": ("rectification_plan", ["status"], ""),
    "ix_service_credit_state": ("service_credit", ["state"], ""),
    "obligation_recurring": ("obligation", ["contract_id"], "recurs <> '' and ended_on is null"),
    "ix_audit_held_on": ("audit", ["held_on"], ""),
}
BEFORE = {"ix_report_received_at": ("report", ["received_at"]), "ix_action_finding_id": ("action", ["finding_id"])}
CREATED = {
    "sqlite": "update contract set registered_on = date(created_at)",
    "postgresql": "update contract set registered_on = (created_at at time zone 'UTC')::date",
}


def upgrade() -> None:
    op.add_column("contract", sa.Column("registered_on", sa.Date(), nullable=True))
    op.execute(CREATED[op.get_bind().dialect.name])
    with op.batch_alter_table("contract", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.alter_column("registered_on", existing_type=sa.Date(), nullable=False)
    for name, (table, columns, where) in INDEXES.items():
        some = sa.text(where) if where else None
        op.create_index(name, table, columns, sqlite_where=some, postgresql_where=some)
    for name, (table, _) in BEFORE.items():
        op.drop_index(name, table)


def downgrade() -> None:
    for name, (table, columns) in BEFORE.items():
        op.create_index(name, table, columns)
    for name, (table, *_) in INDEXES.items():
        op.drop_index(name, table)
    with op.batch_alter_table("contract", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_column("registered_on")
