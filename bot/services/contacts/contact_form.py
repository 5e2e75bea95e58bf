"""What the form of the contact log shows: an entry as far as it is known, and who and what can be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.access import Action, ContractFacts
from bot.models import ContactChannel
from bot.services.contacts.attending import Side, people_on, settled
from bot.services.contacts.contacts import ContactEntry
from bot.services.contracts import register
from bot.services.work import Act
from bot.slack_messages import Unread


@dataclass(frozen=True)
class ContactForm:
    """The form. `corrects` is the entry whose place it is to take, `thread` the thread that can be taken into it.

    `fresh` is put to the actions of the fields that are to show what the form says, and not what was entered before.
    """

    contracts: Sequence[ContractFacts]
    entry: ContactEntry
    sides: Sequence[Side]
    corrects: str = ""
    thread: str = ""
    unread: Unread | None = None
    fresh: str = ""

    @property
    def metadata(self) -> str:
        """What comes back with the form."""
        return self.corrects or self.thread

    @property
    def picked(self) -> list[str]:
        """Who is picked, as the form has them."""
        return [str(person) for person in self.entry.people]


def form_of(act: Act, entry: ContactEntry) -> ContactForm:
    """The form with an entry in it, as far as it is known. NoContractsYet."""
    contracts = register.contracts_for(act, Action.LOG_CONTACT)
    contract = _named(contracts, entry.contract)
    return ContactForm(contracts, entry, people_on(act, contract, entry.people) if contract else ())


def new_form(act: Act, reference: str | None) -> ContactForm:
    """The form for a contact of today, on this contract if one is given. NoContractsYet."""
    begun = ContactEntry(contract=reference or "", channel=ContactChannel.PHONE, happened_on=act.today, summary="")
    return form_of(act, begun)


def chosen_contract(act: Act, reference: str | None) -> ContractFacts | None:
    """The contract of this reference, if it is one on which the actor can log contacts. NoContractsYet."""
    return _named(register.contracts_for(act, Action.LOG_CONTACT), reference)


def on_another_contract(act: Act, entry: ContactEntry, reference: str) -> ContactEntry:
    """The same entry for another contract: who is on that one is picked, whoever else was picked is named."""
    contract = chosen_contract(act, reference)
    who = settled(act, contract, entry.attending, by_name=True)
    return replace(entry, contract=reference if contract else "", people=who.people, attendees=who.named)


def _named(contracts: Sequence[ContractFacts], reference: str | None) -> ContractFacts | None:
    return next((each for each in contracts if each.reference == reference), None)
