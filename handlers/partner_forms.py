"""The forms of a partner: a new one, a change, its people."""

from collections.abc import Sequence
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.access import Keeping
from bot.identity import Identity
from bot.messages import View
from bot.models import Organisation, OrganisationKind
from bot.services.partners import partner_edit, partner_people
from bot.services.partners.partner_edit import PartnerEntry
from bot.services.partners.partner_people import GUESTS, OWN
from bot.services.work import Act
from handlers import fields
from handlers.arrivals import Submission
from handlers.desk import Desk
from handlers.outcome import Outcome
from handlers.vouching import identities_of


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the forms."""
    desk.on_submit(app, "partner_new_form", submit_new)
    desk.on_submit(app, "partner_edit_form", submit_edit)
    desk.on_submit(app, "partner_people_form", submit_people)


def new(act: Act) -> Outcome:
    """Open the form for a new partner. Denied."""
    act.require_keeper(Keeping.KEEP_PARTNERS)
    return Outcome.opens(_form(act))


def edit(act: Act, typed: str) -> Outcome:
    """Open the form that changes a partner, filled with what it says now."""
    return Outcome.opens(_form(act, *partner_edit.partner_to_change(act, typed)))


def people(act: Act, typed: str) -> Outcome:
    """Open the form of a partner's people, beginning with who is there."""
    found = partner_people.people_to_keep(act, typed)
    return Outcome.opens(act.messages.view("partner_people_form", people=found))


def submit_new(act: Act, form: Submission) -> Outcome:
    """Add the partner."""
    partner = partner_edit.add_partner(act, _entry(form.values))
    return Outcome.shows(act.messages.view("partner_added", partner=partner))


def submit_edit(act: Act, form: Submission) -> Outcome:
    """Change the partner."""
    changed = partner_edit.change_partner(act, form.record_id, _entry(form.values))
    return Outcome.shows(act.messages.view("partner_changed", changed=changed))


def submit_people(act: Act, form: Submission) -> Outcome:
    """Make those who were picked the partner's people, once Slack has said who the new ones are."""
    own, guests = fields.users(form.values, OWN), fields.users(form.values, GUESTS)
    new = partner_people.new_among(act, form.record_id, own, guests)

    def then(act: Act, identities: Sequence[Identity]) -> Outcome:
        kept = partner_people.keep_people(act, form.record_id, own, guests, identities)
        return Outcome.shows(act.messages.view("partner_people_done", people=kept))

    return Outcome.after(partial(identities_of, users=new), then)


def _form(act: Act, partner: Organisation | None = None, teams: Sequence[str] = ()) -> View:
    return act.messages.view("partner_form", partner=partner, teams=" ".join(teams), kinds=partner_edit.KINDS)


def _entry(values: fields.Values) -> PartnerEntry:
    return PartnerEntry(
        name=fields.text(values, "name"),
        kind=fields.choice(OrganisationKind, values, "kind"),
        teams=fields.text(values, "teams"),
    )
