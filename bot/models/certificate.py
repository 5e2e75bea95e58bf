"""Certificates that a partner must hold: insurances, accreditations and security certificates, and their evidence."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from bot.domain.certificate_cycle import CertificateState
from bot.models._model import Model
from bot.models._types import Instant, Key, choice, public_id

_OPEN = "decided_at is null"


class CertificateKind(StrEnum):
    """The kind of a certificate."""

    INSURANCE = "insurance"
    ACCREDITATION = "accreditation"
    SECURITY = "security"


class EvidenceDecision(StrEnum):
    """What became of evidence."""

    VERIFIED = "verified"
    REFUSED = "refused"
    REPLACED = "replaced"


class Certificate(Model, table=True):
    """A certificate that a partner must hold on a contract, with the period that is in force and who verified it.

    `needed_by` is the day by which the first evidence is needed, while there is none. `cover_pounds` is what an
    insurance covers, and `required_cover_pounds` what it must cover at least.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("contract_id", "name"),
        CheckConstraint("valid_to >= valid_from", name="certificate_ends_after_it_begins"),
        CheckConstraint("cover_pounds >= 0 and required_cover_pounds >= 0", name="certificate_cover"),
        CheckConstraint("verified_by_id is null or verified_on is not null", name="certificate_verified_on_a_day"),
        CheckConstraint("state <> 'verified' or verified_on is not null", name="certificate_verified"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    name: str = Field(max_length=150)
    kind: CertificateKind = Field(sa_type=choice(CertificateKind))
    body: str = Field(default="", max_length=150)
    number: str = Field(default="", max_length=80)
    required_cover_pounds: int | None = Field(default=None, sa_type=Key)
    cover_pounds: int | None = Field(default=None, sa_type=Key)
    valid_from: date | None = None
    valid_to: date | None = Field(default=None, index=True)
    needed_by: date | None = Field(default=None, index=True)
    state: CertificateState = Field(default=CertificateState.AWAITED, sa_type=choice(CertificateState))
    verified_on: date | None = None
    verified_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)

    @property
    def due_on(self) -> date | None:
        """The day by which evidence is needed: the end of the period, or the first day for it. None without either."""
        return self.valid_to or (None if self.verified_on else self.needed_by)


class CertificateEvidence(Model, table=True):
    """What was given as evidence for one period of a certificate, and what became of it. A link has no `file_name`."""

    __tablename__ = "certificate_evidence"
    __table_args__ = (
        CheckConstraint("valid_to >= valid_from", name="evidence_ends_after_it_begins"),
        CheckConstraint("length(link) > 0 or length(file_name) > 0", name="evidence_is_a_file_or_a_link"),
        CheckConstraint("(file_name = '') = (file_hash = '')", name="evidence_file_has_a_hash"),
        CheckConstraint("(decided_at is null) = (decision is null)", name="evidence_decided_at_a_time"),
        CheckConstraint("decision <> 'refused' or length(reason) > 0", name="evidence_refused_for_a_reason"),
        Index(
            "certificate_evidence_to_check",
            "certificate_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    certificate_id: int = Field(foreign_key="certificate.id", index=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    body: str = Field(default="", max_length=150)
    number: str = Field(default="", max_length=80)
    cover_pounds: int | None = Field(default=None, sa_type=Key)
    valid_from: date
    valid_to: date
    link: str = Field(default="", max_length=500)
    file_name: str = Field(default="", max_length=255)
    file_type: str = Field(default="", max_length=100)
    file_size: int = 0
    file_hash: str = Field(default="", max_length=64)
    given_by_id: int = Field(foreign_key="person.id", sa_type=Key)
    given_at: datetime = Field(sa_type=Instant)
    decision: EvidenceDecision | None = Field(default=None, sa_type=choice(EvidenceDecision))
    decided_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    reason: str = Field(default="", max_length=500)

    @property
    def key(self) -> str:
        """The key of the message that asks for the check."""
        return f"evidence-{self.id}"

    @property
    def has_file(self) -> bool:
        """Whether it is a file that is kept here."""
        return bool(self.file_name)

    @property
    def size(self) -> str:
        """The size of its file in words: "1.2 MB", "840 kB"."""
        return f"{self.file_size / 1e6:.1f} MB" if self.file_size >= 1e6 else f"{max(self.file_size // 1000, 1)} kB"


class EvidenceFile(Model, table=True):
    """The bytes of a file that was given as evidence, apart so that a list of evidence does not read them."""

    __tablename__ = "evidence_file"

    evidence_id: int = Field(foreign_key="certificate_evidence.id", primary_key=True, sa_type=Key)
    content: bytes = Field(sa_type=LargeBinary)
