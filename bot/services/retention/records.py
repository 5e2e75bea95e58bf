"""The records that go with their contract: each table, and the column by which its rows hang on it.

A table that is in none of these declarations fails a test.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, Table, select
from sqlmodel import SQLModel

from bot import models as m
from bot.db import table

HANGS_BY: Mapping[type[SQLModel], str] = {
    m.ActionItem: "contract_id",
    m.Audit: "contract_id",
    m.Benefit: "contract_id",
    m.BenefitFigure: "contract_id",
    m.Certificate: "contract_id",
    m.CertificateEvidence: "contract_id",
    m.Channel: "contract_id",
    m.Contact: "contract_id",
    m.ContactPerson: "contact_id",
    m.CreditTermsRow: "contract_id",
    m.CreditWorking: "contract_id",
    m.CreditWorkingLine: "contract_id",
    m.Digest: "channel_id",
    m.DigestLine: "contract_id",
    m.DigestPost: "contract_id",
    m.DocumentException: "recipient_id",
    m.DocumentQuestion: "recipient_id",
    m.DocumentRecipient: "contract_id",
    m.DocumentTold: "recipient_id",
    m.Escalation: "contract_id",
    m.EscalationStep: "escalation_id",
    m.EvidenceFile: "evidence_id",
    m.ExtensionOption: "contract_id",
    m.Finding: "contract_id",
    m.FindingFile: "finding_id",
    m.Intervention: "contract_id",
    m.InterventionEntry: "contract_id",
    m.Invoice: "contract_id",
    m.Kpi: "contract_id",
    m.KpiTarget: "kpi_id",
    m.Milestone: "contract_id",
    m.MoreTime: "contract_id",
    m.Obligation: "contract_id",
    m.OutboxMessage: "contract_id",
    m.PinnedList: "contract_id",
    m.PlanStep: "contract_id",
    m.PlanSubmission: "contract_id",
    m.Reading: "report_id",
    m.Reassessment: "stage_review_id",
    m.RectificationPlan: "contract_id",
    m.ReminderLine: "contract_id",
    m.ReminderSetting: "contract_id",
    m.Report: "contract_id",
    m.ReportAnswer: "report_id",
    m.Risk: "contract_id",
    m.RiskAssessment: "risk_id",
    m.Role: "contract_id",
    m.ServiceCredit: "contract_id",
    m.Spend: "contract_id",
    m.StageReview: "contract_id",
}
STAYS: Mapping[type[SQLModel], str] = {
    m.ContractRemoval: "it says that the records were removed",
    m.LegalHold: "nothing is removed while it is there",
    m.TrailEntry: "the trail is proved as a whole",
}
"""What names a contract and does not go with it, and why."""


def tables_of_contract() -> Sequence[Table]:
    """The tables of the records that hang on a contract, those first on which no other hangs."""
    known = {table(model) for model in HANGS_BY}
    return [each for each in reversed(SQLModel.metadata.sorted_tables) if each in known]


def hangs_on(each: Table, contract_id: int) -> ColumnElement[bool]:
    """The condition on the rows of a table that they hang on a contract."""
    column = each.c[_COLUMN[each.name]]
    if column.name == "contract_id":
        return column == contract_id
    [key] = column.foreign_keys
    parent: Table = key.column.table
    return column.in_(select(key.column).where(hangs_on(parent, contract_id)))


def keys_on(each: Table, contract_id: int) -> Select[tuple[object, ...]]:
    """The keys of the rows of a table that hang on a contract, the latest first: what updates, answers or corrects
    another row comes before that."""
    keys = [*each.primary_key.columns]
    return select(*keys).where(hangs_on(each, contract_id)).order_by(*(key.desc() for key in keys))


_COLUMN = {table(model).name: column for model, column in HANGS_BY.items()}
