"""Certificates: the list, their evidence and its check."""

from datetime import UTC, date, datetime
from typing import Any

from bot.domain.evidence import too_large
from bot.interactions import record_forms
from bot.models import (
    Certificate,
    CertificateEvidence,
    CertificateKind,
    CertificateState,
    EvidenceDecision,
)
from bot.records import CertificateRecord
from bot.services.certificates.certificates import CertificateCard, CertificateLine, CertificateList
from bot.services.certificates.checking import DECISIONS
from bot.services.certificates.evidence import GivenEvidence
from bot.services.reminders.lapsed import Lapse
from handlers.certificates import PERIOD
from tests.builders import facts
from tests.unit.renders.common import LONG, NAME, Contexts, long_text

GIVEN = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
SUBJECT = long_text(150).replace("\n", " ")
LARGE = facts(**LONG, partner=NAME)


def certificate(**changes: Any) -> Certificate:  # noqa: ANN401  # whichever columns a case is about
    usual: dict[str, Any] = {"id": 3, "contract_id": 1, "name": "Public liability insurance"}
    usual |= {"kind": CertificateKind.INSURANCE, "body": "Tyne Mutual", "number": "PL-40218"}
    usual |= {"required_cover_pounds": 5_000_000, "cover_pounds": 10_000_000}
    usual |= {"valid_from": date(2026, 2, 16), "valid_to": date(2027, 2, 15), "verified_on": date(2026, 2, 20)}
    return Certificate(**{**usual, "state": CertificateState.VERIFIED, **changes})


def evidence(**changes: Any) -> CertificateEvidence:  # noqa: ANN401  # as above
    usual: dict[str, Any] = {
        "id": 4,
        "certificate_id": 3,
        "contract_id": 1,
        "body": "Tyne Mutual",
        "number": "PL-50001",
    }
    usual |= {"cover_pounds": 10_000_000, "valid_from": date(2027, 2, 16), "valid_to": date(2028, 2, 15)}
    usual |= {
        "file_name": "liability.pdf",
        "file_type": "application/pdf",
        "file_size": 184_000,
        "file_hash": "ab" * 32,
    }
    return CertificateEvidence(**{**usual, "given_by_id": 5, "given_at": GIVEN, **changes})


SMALL = certificate(
    name="A", body="", number="", required_cover_pounds=None, cover_pounds=None, valid_from=None, valid_to=None,
    verified_on=None, needed_by=date(2027, 2, 1), state=CertificateState.AWAITED,
)  # fmt: skip
LINKED = evidence(body="", number="", cover_pounds=None, file_name="", file_hash="", link="https://files.example/1")
HUGE = evidence(
    body=SUBJECT, number=SUBJECT[:80], cover_pounds=10**12, link="https://files.example/" + "a" * 470,
    file_name=f"{SUBJECT}.pdf", file_size=9_800_000,
)  # fmt: skip


def largest() -> Certificate:
    return certificate(name=SUBJECT, body=SUBJECT, number=SUBJECT[:80], required_cover_pounds=10**12)


LARGEST = largest()
SUBMITTED = certificate(state=CertificateState.SUBMITTED)


def line(
    row: Certificate | None = None,
    waiting: CertificateEvidence | None = None,
    **changes: Any,  # noqa: ANN401  # as above
) -> CertificateLine:
    usual: dict[str, Any] = {"has_lapsed": False, "can_give": True, "can_check": True}
    key = waiting.public_id if waiting else ""
    return CertificateLine(row or certificate(), "WP-NE", waiting, **{**usual, "file_key": key, **changes})


def given(row: Certificate | None = None, waiting: CertificateEvidence | None = None, **changes: Any) -> GivenEvidence:  # noqa: ANN401  # as above
    shown = waiting or evidence()
    usual: dict[str, Any] = {"given_by": "Priya Nair", "checker": "Amira Shah"}
    contract = changes.pop("contract", facts())
    return GivenEvidence(CertificateCard(row or SUBMITTED, contract, shown), shown, **{**usual, **changes})


def decided(decision: EvidenceDecision, **changes: Any) -> GivenEvidence:  # noqa: ANN401  # as above
    reason = "It does not name the department" if decision is EvidenceDecision.REFUSED else ""
    return given(certificate(), evidence(decision=decision, reason=reason), decided_by="Amira Shah", **changes)


LARGE_GIVEN = given(LARGEST, HUGE, contract=LARGE, given_by=NAME, checker=NAME)
LARGE_REFUSED = given(
    LARGEST,
    evidence(decision=EvidenceDecision.REFUSED, reason=long_text(500), file_name=f"{SUBJECT}.pdf"),
    contract=LARGE,
    given_by=NAME,
    decided_by=NAME,
)
EACH_STATE = [
    line(certificate(valid_to=date(2026, 12, 31)), has_lapsed=True),
    line(SMALL),
    line(SUBMITTED, evidence()),
    line(),
    line(certificate(state=CertificateState.AWAITED)),
    line(certificate(needed_by=None, valid_from=None, valid_to=None)),
    line(certificate(verified_on=None, needed_by=None, valid_from=None, valid_to=None, state=CertificateState.AWAITED)),
    line(certificate(valid_from=None)),
    line(certificate(valid_to=None)),
]

MESSAGE_CONTEXTS: Contexts = {
    "certificates/list": {
        "smallest": {"found": CertificateList(None, [], 0, can_add=False)},
        "none_yet": {"found": CertificateList(facts(), [], 0, can_add=True)},
        "usual": {"found": CertificateList(facts(), EACH_STATE, 0, can_add=True)},
        "partner": {
            "found": CertificateList(None, [line(certificate(), can_check=False)], 0, can_add=False),
        },
        "largest": {"found": CertificateList(LARGE, [line(largest(), HUGE) for _ in range(15)], 1234, can_add=True)},
    },
    "certificates/evidence": {
        "smallest": {"given": given(SMALL, LINKED)},
        "usual": {"given": given()},
        "verified": {"given": decided(EvidenceDecision.VERIFIED)},
        "refused": {"given": decided(EvidenceDecision.REFUSED)},
        "replaced": {"given": decided(EvidenceDecision.REPLACED)},
        "largest": {"given": LARGE_REFUSED},
    },
    "certificates/received": {
        "smallest": {"given": given(SMALL, checker="")},
        "usual": {"given": given()},
        "largest": {"given": LARGE_GIVEN},
    },
    "certificates/not_received": {
        "smallest": {"sentence": "No.", "key": "key-of-a-record0"},
        "usual": {"sentence": too_large("file").sentence, "key": "key-of-a-record0"},
        "largest": {"sentence": long_text(1000), "key": "key-of-a-record0"},
    },
    "certificates/decided": {
        "smallest": {"given": decided(EvidenceDecision.VERIFIED)},
        "usual": {"given": decided(EvidenceDecision.REFUSED)},
        "largest": {"given": LARGE_REFUSED},
    },
    "certificates/lapsed": {
        "smallest": {"lapse": Lapse(certificate(), facts(), is_checked=True), "ours": True},
        "usual": {"lapse": Lapse(certificate(), facts(), is_checked=False), "ours": False},
        "department": {"lapse": Lapse(certificate(), facts(), is_checked=False), "ours": True},
        "largest": {"lapse": Lapse(LARGEST, LARGE, is_checked=False), "ours": True},
    },
}


def inputs(row: Certificate | None, *names: str) -> list[record_forms.FormInput]:
    known = CertificateRecord.kept_in(row) if row else {}
    made = record_forms.inputs(CertificateRecord, known, {}, but=("contract",))
    return [each for each in made if not names or each.block in names]


VIEW_CONTEXTS: Contexts = {
    "certificates/form": {
        "smallest": {"key": "key-of-a-record0", "certificate": None, "inputs": inputs(None), "can_be_seen": True},
        "usual": {
            "key": "key-of-a-record0",
            "certificate": certificate(),
            "inputs": inputs(certificate()),
            "can_be_seen": False,
        },
        "largest": {"key": "key-of-a-record0", "certificate": LARGEST, "inputs": inputs(LARGEST), "can_be_seen": True},
    },
    "certificates/saved": {
        "smallest": {"card": CertificateCard(SMALL, facts())},
        "usual": {"card": CertificateCard(certificate(), facts())},
        "without_a_day": {
            "card": CertificateCard(
                certificate(verified_on=None, valid_from=None, valid_to=None, state=CertificateState.AWAITED), facts()
            )
        },
        "submitted": {"card": CertificateCard(SUBMITTED, facts())},
        "largest": {"card": CertificateCard(LARGEST, LARGE)},
    },
    "certificates/give_form": {
        "smallest": {"card": CertificateCard(SMALL, facts()), "inputs": inputs(None, *PERIOD)},
        "usual": {"card": CertificateCard(certificate(), facts()), "inputs": inputs(None, *PERIOD)},
        "again": {"card": CertificateCard(SUBMITTED, facts(), evidence()), "inputs": inputs(None, *PERIOD)},
        "largest": {"card": CertificateCard(LARGEST, LARGE), "inputs": inputs(LARGEST, *PERIOD)},
    },
    "certificates/given": {
        "smallest": {"given": given(SMALL, LINKED, checker="")},
        "usual": {"given": given()},
        "largest": {"given": LARGE_GIVEN},
    },
    "certificates/fetching": {
        "smallest": {"card": CertificateCard(SMALL, facts())},
        "usual": {"card": CertificateCard(certificate(), facts())},
        "largest": {"card": CertificateCard(LARGEST, LARGE)},
    },
    "certificates/check_form": {
        "smallest": {"given": given(SMALL, LINKED), "choices": DECISIONS},
        "usual": {"given": given(), "choices": DECISIONS},
        "largest": {"given": LARGE_GIVEN, "choices": DECISIONS},
    },
    "certificates/checked": {
        "smallest": {"given": decided(EvidenceDecision.VERIFIED)},
        "usual": {"given": decided(EvidenceDecision.REFUSED)},
        "largest": {"given": LARGE_REFUSED},
    },
}
