"""What a partner's person tells the department without being asked: an entry in the contact log, which the contract
manager hears of."""

from dataclasses import dataclass

from bot.access import ContractRef, Permission
from bot.delivery.outbox import OutgoingMessage
from bot.domain.london import london
from bot.domain.text_validation import optional_link, required_text
from bot.errors import UserError
from bot.models import Audience, Contact, ContactChannel, ContactPerson, MadeBy, RoleName
from bot.services.contacts.contacts import MOST_LINK, personal_detail
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext

LONGEST = 3000
_LISTENING = (RoleName.CONTRACT_MANAGER, RoleName.HEAD, RoleName.SENIOR_OWNER)


@dataclass(frozen=True)
class Told:
    """What a partner's person wrote. `deliberate`: they were warned of a personal detail and keep it."""

    about: str
    words: str
    link: str = ""
    deliberate: bool = False


@dataclass(frozen=True)
class ToldContact:
    """What was told, as the contact log has it; `to` is the person of the department who hears of it."""

    contact: Contact
    contract: ContractRef
    by: str
    to: str


def contract_to_tell_of(ctx: ActorContext, key: str) -> ContractRef:
    """The contract that a button names, if the actor may tell the department something on it. Raises `UserError` or
    `Denied`."""
    return contract_lookup.contract_by_key(ctx, key, Permission.TELL, Audience.SHARED)


def tell(ctx: ActorContext, key: str, told: Told) -> ToldContact:
    """Keep what a partner's person tells in the contact log, and let the contract manager know. Raises `Denied`, or
    `UserError` with its form field."""
    contract = contract_to_tell_of(ctx, key)
    manager = contract_lookup.person_in_role(ctx.session, contract.id, ctx.today, *_LISTENING)
    if manager is None:
        raise UserError(
            f"Nobody of the department looks after {contract.reference} here at the moment, so nothing was kept. "
            "Tell the person there whom you speak to."
        )
    contact = _keep(ctx, contract, told)
    ctx.record(
        "told by the partner",
        contact.reference,
        contract_id=contract.id,
        personal_detail=personal_detail(contact),
    )
    found = ToldContact(contact, contract, ctx.actor.name, manager.name)
    message = ctx.messages.message("contacts/from_partner", told=found)
    why = f"{ctx.actor.name} of {contract.partner} told you something"
    ctx.enqueue(
        OutgoingMessage(f"contact-{contact.id}-told", manager.slack, Audience.INTERNAL, message, why, contract.id)
    )
    return found


def _keep(ctx: ActorContext, contract: ContractRef, told: Told) -> Contact:
    """Add the entry to the contact log. Raises `UserError` with its form field."""
    at, deliberate = london(ctx.now), told.deliberate
    contact = Contact(
        contract_id=contract.id,
        channel=ContactChannel.MESSAGE,
        happened_on=at.date(),
        happened_at=at.time().replace(second=0, microsecond=0),
        made_by=MadeBy.PARTNERS,
        purpose=required_text(told.about, what="what it is about", at_most=200, field="about", deliberate=deliberate),
        summary=required_text(
            told.words, what="what you want to say", at_most=LONGEST, field="words", deliberate=deliberate
        ),
        link=optional_link(told.link, at_most=MOST_LINK, field="link"),
        author_id=ctx.actor.person_id,
        logged_at=ctx.now,
    )
    ctx.add(contact)
    ctx.session.add(ContactPerson(contact_id=contact.id, person_id=ctx.actor.person_id))
    ctx.session.flush()
    return contact
