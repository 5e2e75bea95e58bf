"""What each kind of record is made of, for people: declared once, for files, forms and histories."""

from bot.records.action import ActionRecord
from bot.records.audit import AuditRecord, FindingRecord
from bot.records.benefit import BenefitFigureRecord, BenefitRecord
from bot.records.cells import written
from bot.records.certificate import CertificateRecord
from bot.records.contact import ContactRecord
from bot.records.contract import ChannelRecord, ContractRecord, RoleRecord
from bot.records.holiday import HolidayRecord
from bot.records.intervention import InterventionEntryRecord, InterventionRecord
from bot.records.money import CreditRecord, CreditTermsRecord
from bot.records.organisation import LeaveRecord, OrganisationRecord, PersonRecord
from bot.records.owed import MilestoneRecord, ObligationRecord
from bot.records.owed_matrix import OwedMatrixRecord
from bot.records.record import Key, Misfit, Record, RecordField, faulty_cells, problems, types_of
from bot.records.remedy import MemoRecord, PlanRecord, PlanStepRecord, PlanSubmissionRecord
from bot.records.reporting import Decided, ReadingRecord, ReportRecord
from bot.records.risk import RiskRecord
from bot.records.specification import KpiRecord, OptionRecord, TargetRecord, Term
from bot.records.spend import InvoiceRecord, SpendRecord

SHEETS: tuple[type[Record], ...] = (
    OrganisationRecord,
    PersonRecord,
    LeaveRecord,
    HolidayRecord,
    ContractRecord,
    RoleRecord,
    ChannelRecord,
    KpiRecord,
    TargetRecord,
    OptionRecord,
    MilestoneRecord,
    ObligationRecord,
    CertificateRecord,
    CreditTermsRecord,
    SpendRecord,
    InvoiceRecord,
    BenefitRecord,
    BenefitFigureRecord,
    ReportRecord,
    ReadingRecord,
    CreditRecord,
    PlanRecord,
    PlanSubmissionRecord,
    PlanStepRecord,
    InterventionRecord,
    InterventionEntryRecord,
    MemoRecord,
    AuditRecord,
    FindingRecord,
    RiskRecord,
    ContactRecord,
    ActionRecord,
)
"""Every sheet; each names rows of those before it alone."""

BY_NAME = {each.sheet: each for each in SHEETS}

WRITTEN_ONLY = frozenset({OwedMatrixRecord.sheet})
"""The sheets of an export that an import leaves out."""

DEADLINES: dict[type[Record], str] = {OptionRecord: "decide_by", MilestoneRecord: "due", ObligationRecord: "due"}
"""The sheets with a day that may be a rule, and its column."""

__all__ = [
    "BY_NAME",
    "DEADLINES",
    "SHEETS",
    "WRITTEN_ONLY",
    "ActionRecord",
    "AuditRecord",
    "BenefitFigureRecord",
    "BenefitRecord",
    "CertificateRecord",
    "ChannelRecord",
    "ContactRecord",
    "ContractRecord",
    "CreditRecord",
    "CreditTermsRecord",
    "Decided",
    "FindingRecord",
    "HolidayRecord",
    "InterventionEntryRecord",
    "InterventionRecord",
    "InvoiceRecord",
    "Key",
    "KpiRecord",
    "LeaveRecord",
    "MemoRecord",
    "MilestoneRecord",
    "Misfit",
    "ObligationRecord",
    "OptionRecord",
    "OrganisationRecord",
    "OwedMatrixRecord",
    "PersonRecord",
    "PlanRecord",
    "PlanStepRecord",
    "PlanSubmissionRecord",
    "ReadingRecord",
    "Record",
    "RecordField",
    "ReportRecord",
    "RiskRecord",
    "RoleRecord",
    "SpendRecord",
    "TargetRecord",
    "Term",
    "faulty_cells",
    "problems",
    "types_of",
    "written",
]
