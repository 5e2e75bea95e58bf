"""The days of visits and findings are those of each contract, and how often it is visited. A finding keeps after how many
days a late response is escalated, so that another number counts for the next one."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

DAYS_OF_VISITS = {"visit_notice_days": 10, "audit_draft_days": 10, "audit_check_days": 5, "audit_final_days": 5}
DAYS_OF_FINDINGS = {
    "finding_respond_days": 10,
    "finding_escalate_days": 2,
    "finding_decide_days": 10,
    "finding_verify_days": 5,
}
CHECKS = {
    "contract_months_between_visits": "visit_months between 1 and 60",
    "contract_days_of_visits": (
        "visit_notice_days between 1 and 60 and audit_draft_days between 1 and 60 "
        "and audit_check_days between 1 and 60 and audit_final_days between 1 and 60"
    ),
    "contract_days_of_findings": (
        "finding_respond_days between 1 and 60 and finding_escalate_days between 1 and 60 "
        "and finding_decide_days between 1 and 60 and finding_verify_days between 1 and 60"
    ),
}
OF_FINDING = {"finding_days_until_escalated": "escalate_days between 1 and 60"}


def upgrade() -> None:
    op.add_column("contract", sa.Column("visit_months", sa.Integer(), nullable=True))
    _add("contract", DAYS_OF_VISITS | DAYS_OF_FINDINGS, CHECKS)
    _add("finding", {"escalate_days": 2}, OF_FINDING)


def downgrade() -> None:
    _drop("finding", ["escalate_days"], OF_FINDING)
    _drop("contract", ["visit_months", *DAYS_OF_VISITS, *DAYS_OF_FINDINGS], CHECKS)


def _add(table: str, days: dict[str, int], checks: dict[str, str]) -> None:
    for name, usual in days.items():
        op.add_column(table, sa.Column(name, sa.Integer(), nullable=True))
        op.execute(sa.update(sa.table(table, sa.column(name))).values({name: usual}))
    with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
        for name in days:
            batch.alter_column(name, existing_type=sa.Integer(), nullable=False)
        for name, said in checks.items():
            batch.create_check_constraint(name, said)


def _drop(table: str, columns: list[str], checks: dict[str, str]) -> None:
    with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
        for name in checks:
            batch.drop_constraint(name, type_="check")
        for name in columns:
            batch.drop_column(name)
