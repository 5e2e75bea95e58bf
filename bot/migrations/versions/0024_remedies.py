"""A rectification plan begins with a concern, names its KPI, and keeps how it was served and rejected. The days in which
plans are sent and decided on are those of each contract. Interventions at levels 1 to 4 are kept, with their log.

Nobody entered some of the days of plans that came by import: they are assumed here, and each such plan says so. A plan
that came is assumed to have come on the day it was due, and the last change of one to have been that day too; where that
day is still to come, on the day it was requested. A plan that is rejected is assumed to be rejected for the first time."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DAYS = {"plan_submit_days": 10, "plan_decide_days": 10, "plan_resubmit_days": 5}
DAYS_FIT = (
    "plan_submit_days between 1 and 60 and plan_decide_days between 1 and 60 and plan_resubmit_days between 1 and 60"
)
TEXTS = {"shortfall": 3000, "grounds": 200, "opportunity": 1000, "assumed": 300}
PARTS = ("default", "containment", "root_cause", "effect", "prevention")
BEFORE = ("requested", "submitted", "accepted", "rejected", "monitored", "cured", "failed")
NOW = (
    *("noted", "in informal action", "under notice", "requested", "submitted", "accepted", "rejected"),
    *("resubmitted", "rejected twice", "monitored", "cured", "failed", "withdrawn"),
)
SERVED = sa.Enum(
    *("Slack message", "email", "post", "by hand", "contract portal"),
    name="served",
    native_enum=False,
    create_constraint=True,
    length=40,
)
INTERVENTION_EVENT = sa.Enum(
    *("reviewed", "supported", "sent to the partner", "left"),
    name="interventionevent",
    native_enum=False,
    create_constraint=True,
    length=40,
)
WITHOUT_DAY = "'noted', 'in informal action', 'under notice', 'cured', 'withdrawn'"
CHECKS = {
    "plan_begins_on_a_day": "opened_on is not null or requested_on is not null",
    "plan_is_due_on_a_day": f"due_on is not null or status in ({WITHOUT_DAY})",
    "plan_good_periods": "good_periods between 1 and 12",
}
PLANS = sa.table(
    "rectification_plan",
    *(sa.column(name) for name in ("requested_on", "due_on", "status", "received_on", "status_on", "notice_on")),
    *(sa.column(name) for name in ("good_periods", "opened_on", *TEXTS)),
)
CAME, CHANGED = "the day it came", "the day of its last change"


def upgrade() -> None:
    _add_days()
    for name, length in TEXTS.items():
        op.add_column("rectification_plan", sa.Column(name, sa.String(length=length), nullable=True))
    op.add_column("rectification_plan", sa.Column("good_periods", sa.Integer(), nullable=True))
    op.execute(sa.update(PLANS).values(good_periods=3, **dict.fromkeys(TEXTS, "")))
    _assume_days()
    with op.batch_alter_table("rectification_plan", reflect_kwargs={"resolve_fks": False}) as batch:
        for name, length in TEXTS.items():
            batch.alter_column(name, existing_type=sa.String(length=length), nullable=False)
        batch.alter_column("good_periods", existing_type=sa.Integer(), nullable=False)
        for name in ("requested_on", "due_on"):
            batch.alter_column(name, existing_type=sa.Date(), nullable=True)
        batch.add_column(sa.Column("opened_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("notice_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("kpi_id", KEY, nullable=True))
        batch.add_column(sa.Column("served_by", SERVED, nullable=True))
        batch.create_foreign_key("rectification_plan_kpi_id_fkey", "kpi", ["kpi_id"], ["id"])
        batch.drop_constraint("planstatus", type_="check")
        batch.create_check_constraint("planstatus", _one_of(NOW))
        for name, said in CHECKS.items():
            batch.create_check_constraint(name, said)

    _create_submissions()
    _create_interventions()


def downgrade() -> None:
    """Plans that were not requested yet are left out: before this there were none."""
    op.drop_table("intervention_entry")
    op.drop_table("intervention")
    op.drop_table("plan_step")
    op.drop_table("plan_submission")
    op.execute(sa.delete(PLANS).where(sa.or_(PLANS.c.requested_on.is_(None), PLANS.c.status == "withdrawn")))
    for now, then in (("resubmitted", "submitted"), ("rejected twice", "rejected")):
        op.execute(sa.update(PLANS).where(PLANS.c.status == now).values(status=then))
    with op.batch_alter_table("rectification_plan", reflect_kwargs={"resolve_fks": False}) as batch:
        for name in (*CHECKS, "planstatus", "served"):
            batch.drop_constraint(name, type_="check")
        batch.drop_constraint("rectification_plan_kpi_id_fkey", type_="foreignkey")
        batch.create_check_constraint("planstatus", _one_of(BEFORE))
        for name in ("requested_on", "due_on"):
            batch.alter_column(name, existing_type=sa.Date(), nullable=False)
        for name in (*TEXTS, "good_periods", "opened_on", "notice_on", "kpi_id", "served_by"):
            batch.drop_column(name)
    with op.batch_alter_table("contract", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint("contract_days_of_plans", type_="check")
        for name in DAYS:
            batch.drop_column(name)


def _create_submissions() -> None:
    op.create_table(
        "plan_submission",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("plan_id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        *(sa.Column(name, sa.String(length=2000), nullable=False) for name in PARTS),
        sa.Column("submitted_by_id", KEY, nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["rectification_plan.id"]),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_plan_submission_public_id", "plan_submission", ["public_id"], unique=True)
    op.create_index("ix_plan_submission_plan_id", "plan_submission", ["plan_id"])
    op.create_table(
        "plan_step",
        sa.Column("id", KEY, nullable=False),
        sa.Column("submission_id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("owner", sa.String(length=150), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("action_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["submission_id"], ["plan_submission.id"]),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("action_id"),
    )
    op.create_index("ix_plan_step_submission_id", "plan_step", ["submission_id"])


def _create_interventions() -> None:
    op.create_table(
        "intervention",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("kpi_id", KEY, nullable=True),
        sa.Column("area", sa.String(length=150), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("lead_id", KEY, nullable=False),
        sa.Column("exit_test", sa.String(length=500), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("told_words", sa.String(length=2000), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("level between 1 and 4", name="intervention_level"),
        sa.CheckConstraint("left_on is null or length(outcome) > 0", name="intervention_left_with_an_outcome"),
        sa.CheckConstraint("told_on is null or length(told_words) > 0", name="intervention_told_in_words"),
        sa.CheckConstraint("left_on >= opened_on and review_on >= opened_on", name="intervention_days_in_order"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"]),
        sa.ForeignKeyConstraint(["lead_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "level", "area", "opened_on"),
    )
    op.create_index("ix_intervention_public_id", "intervention", ["public_id"], unique=True)
    op.create_index("ix_intervention_contract_id", "intervention", ["contract_id"])
    op.create_index("ix_intervention_review_on", "intervention", ["review_on"])
    op.create_table(
        "intervention_entry",
        sa.Column("id", KEY, nullable=False),
        sa.Column("intervention_id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("kind", INTERVENTION_EVENT, nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["intervention_id"], ["intervention.id"]),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_intervention_entry_intervention_id", "intervention_entry", ["intervention_id"])


def _add_days() -> None:
    for name, usual in DAYS.items():
        op.add_column("contract", sa.Column(name, sa.Integer(), nullable=True))
        op.execute(sa.update(sa.table("contract", sa.column(name))).values({name: usual}))
    with op.batch_alter_table("contract", reflect_kwargs={"resolve_fks": False}) as batch:
        for name in DAYS:
            batch.alter_column(name, existing_type=sa.Integer(), nullable=False)
        batch.create_check_constraint("contract_days_of_plans", DAYS_FIT)


def _assume_days() -> None:
    has_come = PLANS.c.status.in_(("submitted", "accepted", "rejected", "monitored", "cured"))
    never_came, never_changed = PLANS.c.received_on.is_(None), PLANS.c.status_on.is_(None)
    day = sa.case((PLANS.c.due_on <= sa.func.current_date(), PLANS.c.due_on), else_=PLANS.c.requested_on)
    for what, columns, unknown in (
        (f"{CAME} and {CHANGED}", ("received_on", "status_on"), sa.and_(has_come, never_came, never_changed)),
        (CAME, ("received_on",), sa.and_(has_come, never_came)),
        (CHANGED, ("status_on",), sa.and_(PLANS.c.status != "requested", never_changed)),
    ):
        assumed = dict.fromkeys(columns, day)
        op.execute(sa.update(PLANS).where(unknown).values(assumed=f"Assumed, because nobody knew: {what}.", **assumed))


def _one_of(words: tuple[str, ...]) -> str:
    return "status IN ({})".format(", ".join(f"'{word}'" for word in words))
