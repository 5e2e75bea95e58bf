"""What partners are told in memos and policies, and what becomes of it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.document_text import EXAMPLE, Change
from bot.models import (
    Document,
    DocumentException,
    DocumentKind,
    DocumentQuestion,
    DocumentRecipient,
    DocumentVersion,
    ExceptionState,
    VersionState,
)
from bot.services.documents.answering import AnsweredDocument
from bot.services.documents.counts import CountCard, Unacknowledged
from bot.services.documents.document_pages import DocumentList, DocumentPage, ListLine
from bot.services.documents.exceptions import ExceptionCard
from bot.services.documents.issuing import IssuedDocument
from bot.services.documents.notices import AnsweredLine, NoticePage
from bot.services.documents.questions import QuestionCard
from bot.services.documents.versions import VersionCard
from bot.services.lookup.addressees import Addressees
from tests.builders import MONDAY, facts, person
from tests.unit.renders.common import LONG, NAME, Contexts, long_text

KEY, DAY, LATER = "key-of-a-notice1", date(2027, 1, 4), date(2027, 1, 11)
PRIYA, AMIRA = person("Priya Nair", "U0PRIYA", 4), person("Amira Shah", "U0AMIRA", 3)
SUBJECT, LARGE_NAME = long_text(200).replace("\n", " "), person(NAME, "U0LARGE", 9)
LARGE = facts(**LONG, partner=NAME)
NAMES = {3: AMIRA.name, 4: PRIYA.name, 9: NAME}
SAID = "A start is recorded within 2 working days"
UNREACHED = "Nobody at Harbour Lane Trust can be told on DE-SW: it has no partner contact."


def version(**changes: Any) -> DocumentVersion:  # noqa: ANN401  # whichever columns a case is about
    usual: dict[str, Any] = {
        "id": 3,
        "public_id": "key-of-a-version",
        "document_id": 2,
        "state": VersionState.ISSUED,
        "subject": "How job starts are recorded",
        "summary": "The guidance on evidence changes from February.",
        "action": "Tell your advisers, and use the new form",
        "effective_on": date(2027, 2, 1),
        "acknowledge_by": LATER,
        "links": "https://example.org/guidance.pdf",
        "sha256": "0f" * 32,
        "issued_at": datetime(2027, 1, 4, 9, tzinfo=UTC),
    }
    return DocumentVersion(**{**usual, **changes})


def versioned(*changes: Change, **columns: Any) -> VersionCard:  # noqa: ANN401  # as above
    rows = changes or (Change("Chapter 4", "4.2", SAID, "3.1"), Change("", "Annex A", "The form is new", ""))
    return VersionCard(Document(id=2, kind=DocumentKind.MEMO, number=4), version(**columns), rows, AMIRA)


def recipient(**changes: Any) -> DocumentRecipient:  # noqa: ANN401  # as above
    usual: dict[str, Any] = {
        "id": 5,
        "public_id": "key-of-recipient",
        "version_id": 3,
        "contract_id": 1,
        "acknowledge_by": LATER,
        "asked_on": DAY,
    }
    return DocumentRecipient(**{**usual, **changes})


def question(**changes: Any) -> DocumentQuestion:  # noqa: ANN401  # as above
    usual: dict[str, Any] = {
        "id": 6,
        "public_id": "key-of-question1",
        "recipient_id": 5,
        "asked_by_id": 4,
        "words": "Does this hold for starts of January?",
        "asked_at": MONDAY,
        "answer_by": date(2027, 1, 7),
        "message": "document-question-6",
    }
    return DocumentQuestion(**{**usual, **changes})


def exception(**changes: Any) -> DocumentException:  # noqa: ANN401  # as above
    usual: dict[str, Any] = {
        "id": 7,
        "public_id": "key-of-exception",
        "recipient_id": 5,
        "asked_by_id": 4,
        "reason": "Our system changes in March",
        "asked_at": MONDAY,
        "asked_until": date(2027, 3, 31),
        "state": ExceptionState.ASKED,
        "decide_by": LATER,
    }
    return DocumentException(**{**usual, **changes})


ANSWERED = {"answer": "No: from February on", "answered_by_id": 3, "answered_at": MONDAY}
GRANTED = {"state": ExceptionState.GRANTED, "until": date(2027, 3, 31), "decided_by_id": 3, "decided_at": MONDAY}
REFUSED = {"state": ExceptionState.REFUSED, "decision": "The form is needed", "decided_by_id": 3, "decided_at": MONDAY}
DONE: dict[str, Any] = {"acknowledged_on": DAY, "acknowledged_at": MONDAY, "acknowledged_by_id": 4}
PASSED: dict[str, Any] = {"passed_on_on": DAY, "passed_on_by_id": 4}
OUTSIDE: dict[str, Any] = {"acknowledged_on": DAY}


def line(*asked: DocumentQuestion, exceptions: tuple[DocumentException, ...] = (), **columns: Any) -> AnsweredLine:  # noqa: ANN401  # as above
    return AnsweredLine(facts(), recipient(**columns), NAMES, asked, exceptions)


BARE = versioned(Change("", "1", "A", ""), summary="", action="", links="", effective_on=None, subject="A")
LARGE_ROWS = [Change(long_text(100), long_text(100), long_text(500), long_text(100))] * 3
LARGE_CARD = VersionCard(
    Document(id=2, kind=DocumentKind.MEMO, number=9_999_999),
    version(
        version=99,
        subject=SUBJECT,
        summary=long_text(2000),
        action=long_text(900),
        urgent=True,
        links="https://example.org/a.pdf\nhttps://example.org/b.pdf",
    ),
    LARGE_ROWS,
    LARGE_NAME,
)
LARGE_LINE = AnsweredLine(
    LARGE,
    recipient(**DONE, **PASSED),
    {3: NAME, 4: NAME},
    [question(words=long_text(1500), answer=long_text(1500), answered_by_id=3, answered_at=MONDAY)] * 3,
    [exception(**{**REFUSED, "decision": long_text(900)})] * 3,
)
WITHDRAWN = versioned(state=VersionState.WITHDRAWN, ended_at=MONDAY, ended_why="It was sent by mistake")
SUPERSEDED = versioned(state=VersionState.SUPERSEDED, ended_at=MONDAY)
INFORMS = versioned(for_information=True, acknowledge_by=None)
LARGE_WITHDRAWN = replace(
    LARGE_CARD,
    version=version(subject=SUBJECT, state=VersionState.WITHDRAWN, ended_at=MONDAY, ended_why=long_text(300)),
)
DRAFT = versioned(state=VersionState.DRAFT, issued_at=None, sha256="", acknowledge_by=None)
POLICY_DRAFT = replace(DRAFT, document=Document(id=2, kind=DocumentKind.POLICY, number=2))
TWO = [line(), AnsweredLine(facts(reference="DE-SW", title="Disability employment support"), recipient(), NAMES)]


def page(card: VersionCard, *lines: AnsweredLine) -> NoticePage:
    return NoticePage(card, lines, DAY, KEY)


def prepared(card: VersionCard, *unreached: str, contracts: int = 1) -> IssuedDocument:
    to = Addressees([facts(id=n) for n in range(1, contracts + 1)], {1: [4], 2: [4, 5]}, unreached)
    return IssuedDocument(card, to, {1: LATER})


def asked(**columns: Any) -> QuestionCard:  # noqa: ANN401  # as above
    by = AMIRA if "answered_by_id" in columns else None
    return QuestionCard(question(**columns), versioned(), facts(), PRIYA, AMIRA, by)


def request(**columns: Any) -> ExceptionCard:  # noqa: ANN401  # as above
    by = AMIRA if "decided_by_id" in columns else None
    return ExceptionCard(exception(**columns), versioned(), facts(), PRIYA, AMIRA, by)


LARGE_ASKED = QuestionCard(
    question(words=long_text(1500), **{**ANSWERED, "answer": long_text(1500)}),
    LARGE_CARD,
    LARGE,
    LARGE_NAME,
    None,
    LARGE_NAME,
)
LARGE_REQUEST = ExceptionCard(
    exception(reason=long_text(1500), **{**GRANTED, "decision": long_text(900)}),
    LARGE_CARD,
    LARGE,
    LARGE_NAME,
    None,
    LARGE_NAME,
)
ANSWERING = AnsweredDocument(versioned(), [recipient()], [facts()], None)
LARGE_ANSWERING = AnsweredDocument(LARGE_CARD, [recipient()], [LARGE] * 40, None)
SHOWN = DocumentPage(page(versioned(), line(**DONE), *TWO), AMIRA, may_change=True, is_ours=True)


def listed(*lines: ListLine, more: int = 0) -> DocumentList:
    return DocumentList(DocumentKind.MEMO, lines, more)


def list_line(card: VersionCard, done: int = 1, of_them: int = 2, reference: str = "") -> ListLine:
    return ListLine(card.document, card.version, done, of_them, reference)


MESSAGE_CONTEXTS: Contexts = {
    "documents/notice": {
        "smallest": {"page": page(BARE, line())},
        "usual": {"page": page(versioned(), line(), TWO[1])},
        "asked": {"page": page(versioned(urgent=True), line(question(), exceptions=(exception(),)))},
        "acknowledged": {
            "page": page(versioned(), line(question(**ANSWERED), exceptions=(exception(**GRANTED),), **DONE, **PASSED))
        },
        "outside": {"page": page(versioned(), line(**OUTSIDE))},
        "late": {"page": page(versioned(), line(acknowledge_by=date(2026, 12, 17)))},
        "informs": {"page": page(INFORMS, line(acknowledge_by=None))},
        "withdrawn": {"page": page(WITHDRAWN, line())},
        "superseded": {"page": page(SUPERSEDED, line(**DONE))},
        "largest": {"page": page(LARGE_CARD, *[LARGE_LINE] * 12)},
    },
    "documents/withdrawn": {
        "smallest": {"page": page(WITHDRAWN, line())},
        "usual": {"page": page(WITHDRAWN, line())},
        "largest": {"page": page(LARGE_WITHDRAWN, LARGE_LINE)},
    },
    "documents/question": {
        "smallest": {"asked": replace(asked(words="Why?"), manager=None)},
        "usual": {"asked": asked()},
        "answered": {"asked": asked(**ANSWERED)},
        "largest": {"asked": LARGE_ASKED},
    },
    "documents/answer": {
        "smallest": {"asked": asked(**{**ANSWERED, "answer": "No"})},
        "usual": {"asked": asked(**ANSWERED)},
        "largest": {"asked": LARGE_ASKED},
    },
    "documents/exception": {
        "smallest": {"request": request(reason="A")},
        "usual": {"request": request()},
        "granted": {"request": request(**GRANTED)},
        "largest": {"request": LARGE_REQUEST},
    },
    "documents/exception_decided": {
        "smallest": {"request": request(**GRANTED)},
        "usual": {"request": request(**REFUSED)},
        "largest": {"request": LARGE_REQUEST},
    },
    "documents/count": {
        "smallest": {"count": CountCard(BARE, 0, 1, line())},
        "usual": {"count": CountCard(versioned(), 5, 8, line(**DONE))},
        "informs": {"count": CountCard(INFORMS, 0, 1, line(acknowledge_by=None))},
        "withdrawn": {"count": CountCard(WITHDRAWN, 5, 8, line())},
        "largest": {"count": CountCard(LARGE_CARD, 1999, 2000, LARGE_LINE)},
    },
    "documents/waiting": {
        "smallest": {"waiting": Unacknowledged(BARE, [], 0)},
        "usual": {"waiting": Unacknowledged(versioned(), TWO, 3)},
        "largest": {
            "waiting": Unacknowledged(LARGE_CARD, [replace(LARGE_LINE, recipient=recipient(asked_on=None))] * 41, 1900)
        },
    },
    "documents/list": {
        "smallest": {"listed": listed()},
        "usual": {"listed": listed(list_line(DRAFT, 0, 1, "WP-NE"), list_line(versioned()), list_line(INFORMS))},
        "largest": {"listed": listed(*[list_line(LARGE_CARD, 1999, 2000, str(LONG["reference"]))] * 20, more=40)},
    },
    "documents/page": {
        "smallest": {"shown": DocumentPage(page(BARE, line()), None, may_change=False, is_ours=False)},
        "usual": {"shown": SHOWN},
        "draft": {"shown": DocumentPage(page(DRAFT, line()), None, may_change=True, is_ours=True)},
        "to_approve": {
            "shown": DocumentPage(page(POLICY_DRAFT, line()), None, may_change=False, is_ours=True, may_approve=True)
        },
        "over": {"shown": DocumentPage(page(SUPERSEDED, line()), None, may_change=True, is_ours=True)},
        "partners": {"shown": DocumentPage(page(versioned(), line(**DONE)), None, may_change=False, is_ours=False)},
        "largest": {
            "shown": DocumentPage(
                page(LARGE_CARD, *[LARGE_LINE] * 25, line()), LARGE_NAME, may_change=True, is_ours=True
            )
        },
    },
}
FORM = {"metadata": "memo WP-NE", "card": None, "ask": "U0AMIRA", "example": EXAMPLE, "heading": "New change memo"}
VIEW_CONTEXTS: Contexts = {
    "documents/form": {
        "smallest": {**FORM, "recipients": "WP-NE"},
        "usual": {**FORM, "recipients": "WP-NE and DE-SW"},
        "edit": {**FORM, "recipients": "WP-NE", "card": versioned(urgent=True), "metadata": "key-of-a-version"},
        "largest": {
            **FORM,
            "recipients": ", ".join(["ABCDEFGHIJ-123456789"] * 300),
            "card": replace(LARGE_CARD, changes=LARGE_ROWS[:1]),
        },
    },
    "documents/preview": {
        "smallest": {"prepared": prepared(BARE)},
        "usual": {"prepared": prepared(DRAFT, UNREACHED, contracts=2)},
        "policy": {"prepared": prepared(POLICY_DRAFT)},
        "largest": {"prepared": prepared(LARGE_CARD, *[long_text(400)] * 9, contracts=40)},
    },
    "documents/issued": {
        "smallest": {"prepared": prepared(BARE)},
        "usual": {"prepared": prepared(versioned(), UNREACHED, contracts=2)},
        "largest": {"prepared": prepared(LARGE_CARD, *[long_text(400)] * 9, contracts=40)},
    },
    "documents/read": {
        "smallest": {"page": page(BARE, line()), "in_window": False},
        "usual": {"page": page(versioned(), line(), TWO[1]), "in_window": False},
        "in_window": {"page": page(versioned(), line()), "in_window": True},
        "largest": {"page": page(LARGE_CARD, *[LARGE_LINE] * 12), "in_window": False},
    },
    "documents/done": {
        "smallest": {"heading": "Answered", "sentence": "A"},
        "usual": {"heading": "Question asked", "sentence": "Your question is with Amira Shah."},
        "largest": {"heading": "Exception asked for", "sentence": long_text(3000)},
    },
    "documents/question_form": {
        "smallest": {"answered": replace(ANSWERING, card=BARE), "key": KEY},
        "usual": {"answered": ANSWERING, "key": KEY},
        "largest": {"answered": LARGE_ANSWERING, "key": KEY},
    },
    "documents/exception_form": {
        "smallest": {"answered": replace(ANSWERING, card=BARE), "key": KEY},
        "usual": {"answered": ANSWERING, "key": KEY},
        "largest": {"answered": LARGE_ANSWERING, "key": KEY},
    },
    "documents/answer_form": {
        "smallest": {"asked": asked(words="Why?")},
        "usual": {"asked": asked()},
        "largest": {"asked": LARGE_ASKED},
    },
    "documents/decide_form": {
        "smallest": {"request": request(reason="A")},
        "usual": {"request": request()},
        "largest": {"request": LARGE_REQUEST},
    },
}
