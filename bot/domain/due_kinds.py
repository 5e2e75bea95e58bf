"""The kinds of things that fall due."""

from enum import StrEnum


class DueKind(StrEnum):
    """The kind of thing that falls due: a record that is open until somebody does what it asks for by its day."""

    REPORT = "report"
    QUERY = "answer to a query"
    MILESTONE = "milestone"
    DELIVERABLE = "deliverable"
    MILESTONE_TO_CONFIRM = "milestone to confirm"
    POLICY = "policy"
    POLICY_REVIEW = "policy review"
    CERTIFICATE = "certificate"
    CERTIFICATE_CHECK = "certificate to check"
    OBLIGATION = "obligation"
    OBLIGATION_TO_CONFIRM = "obligation to confirm"
    OPTION = "option to extend"
    MEMO = "change memo"
    DOCUMENT_QUESTION = "question from a partner"
    DOCUMENT_EXCEPTION = "exception"
    PLAN = "rectification plan"
    PLAN_NOTICE = "notice of a failed plan"
    AUDIT = "visit or audit"
    FACTUAL_CHECK = "factual check"
    FINDING = "finding"
    FINDING_CHECK = "finding to check"
    FINDING_ACTION = "action of a finding"
    ACTION = "action"
    RISK_REVIEW = "risk review"
    CONTACT = "contact"
    ASSESSMENT = "yearly assessment"
