"""Service credits: accepted figures earn one, the manager sends it, the partner comments, it is deducted or waived."""

from sqlalchemy import select
from sqlmodel import Session, col

from bot.domain.credit_cycle import CreditState
from bot.models import ServiceCredit
from tests.acceptance.office import CALLUM, Office, words
from workspace.client.person import Message, Person

KWAME, NADIA = "U0KWAME", "U0NADIA"
CHANNEL = "C0CCOT"


def credit(session: Session, period: str = "2026-11") -> ServiceCredit:
    found = select(ServiceCredit).where(col(ServiceCredit.period) == period).order_by(col(ServiceCredit.part).desc())
    return session.scalars(found).all()[0]


def last_message(office: Office, person: Person, words_in_it: str) -> Message:
    office.deliver()
    found: Message = person.wait(
        lambda p: next((m for m in reversed(p.direct_messages()) if words_in_it in m.plain), None)
    )
    return found


def proposed(office: Office) -> tuple[Person, Message]:
    """Callum accepts the report for November, and gets the proposal."""
    callum = office.person(CALLUM)
    (page,) = callum.command("/progress show CC-OT 2026-11", channel=CHANNEL)
    callum.click(page, "Accept")
    told = last_message(office, callum, "Service credit for November 2026")
    assert "Average speed of answer: Requires improvement, 188 seconds. 2 points, doubled" in told.plain
    assert "8 points take 4% of the charges of £362,480.50: £14,499.22" in told.plain
    return callum, told


def test_a_credit_is_sent_commented_on_confirmed_and_deducted(office: Office) -> None:
    callum, told = proposed(office)
    kwame = office.person(KWAME)
    assert not any("Service credit" in message.plain for message in kwame.direct_messages())
    callum.click(told, "Decide")
    form = callum.modal(title="Service credit")
    assert callum.submit(form, {"event": "sent"}).view is not None
    sent = last_message(office, kwame, "You have 5 working days from today to comment")
    assert "£14,499.22" in sent.plain
    kwame.click(sent, "Comment")
    comment = kwame.modal(title="Comment on a credit")
    done = kwame.submit(comment, {"comment": "The forecast of calls was wrong"}).view
    assert "You hear what comes of it." in words(done)

    told = last_message(office, callum, "The forecast of calls was wrong")
    assert "Comment by Kwame" in told.plain
    callum.click(told, "Decide")
    form = callum.modal(title="Service credit")
    assert callum.submit(form, {"event": "confirmed"}).view is not None
    assert "confirmed" in last_message(office, kwame, "confirmed").plain
    (page,) = callum.command("/money credit CC-OT November 2026", channel=CHANNEL)
    callum.click(page, "Decide")
    form = callum.modal(title="Service credit")
    assert "invoice" in callum.submit(form, {"event": "deducted"}).errors
    assert callum.submit(form, {"event": "deducted", "invoice": "BC-2310"}).view is not None
    assert "invoice BC-2310" in last_message(office, kwame, "BC-2310").plain
    assert office.read(credit).state is CreditState.DEDUCTED
    (history,) = callum.command("/contract history CC-OT", channel=CHANNEL)
    assert "Invoice: from nothing to BC-2310" in history.plain
    settled = last_message(office, kwame, "BC-2310")
    kwame.click(settled, "All credits")
    own = kwame.wait(lambda p: next((m for m in p.direct_messages() if "Service credits on CC-OT" in m.plain), None))
    assert "November 2026: £14,499.22, deducted" in own.plain
    assert "cap" not in own.plain
    for command in ("/contract show CC-OT", "/money credits CC-OT"):
        (page,) = callum.command(command, channel=CHANNEL)
        assert "November 2026: £14,499.22, deducted" in page.plain


def test_the_head_waives_a_credit_with_a_reason(office: Office) -> None:
    proposed(office)
    nadia = office.person(NADIA)
    (page,) = nadia.command("/money credit CC-OT 2026-11", channel=CHANNEL)
    nadia.click(page, "Decide")
    form = nadia.modal(title="Service credit")
    assert "reason" in nadia.submit(form, {"event": "waived"}).errors
    assert nadia.submit(form, {"event": "waived", "reason": "The forecast was ours"}).view is not None
    (page,) = nadia.command("/money credit CC-OT 2026-11", channel=CHANNEL)
    assert "Waived because: The forecast was ours" in page.plain
    nadia.click(page, "All credits")
    assert "waived" in [m for m in nadia.messages(CHANNEL) if m.ephemeral][-1].plain
    (none,) = nadia.command("/money", channel=CHANNEL)
    assert "There is none" in none.plain, "what is waived is settled"


def test_charges_and_terms_are_entered_and_make_the_credit_of_a_month_anew(office: Office) -> None:
    callum, _ = proposed(office)
    (answer,) = callum.command("/money spend CC-OT November 2026 charges £100,000.50", channel=CHANNEL)
    assert "CC-OT, November 2026 is saved: charges £100,000.50" in answer.plain
    assert "£4,000.02" in last_message(office, callum, "£4,000.02").plain
    (answer,) = callum.command("/money spend CC-OT November 2026", channel=CHANNEL)
    assert "a month, and sums" in answer.plain
    callum.command("/money settings CC-OT", channel=CHANNEL)
    form = callum.modal(title="Service credits")
    assert "percent_per_point" in callum.submit(form, {"percent_per_point": "a lot"}).errors
    assert callum.submit(form, {"percent_per_point": "1%"}).view is not None
    assert "£8,000.04" in last_message(office, callum, "£8,000.04").plain
    (page,) = callum.command("/money credits CC-OT", channel=CHANNEL)
    callum.click(page, "Change the terms")
    assert callum.modal(title="Service credits") is not None
    (helped,) = callum.command("/money help", channel=CHANNEL)
    assert "/money credit" in helped.plain
