"""Who does what on a contract: shown, and changed in two forms."""

from collections.abc import Sequence
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.identity import Identity
from bot.models import RoleName
from bot.services.contracts import contract_people
from bot.services.people import newcomers
from bot.services.work import Act
from handlers import fields
from handlers.arrivals import Click, Submission
from handlers.desk import Desk
from handlers.outcome import Outcome
from handlers.vouching import identities_of


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the buttons and forms."""
    desk.on_click(app, "people_change", open_people)
    desk.on_click(app, "deputies_change", open_deputies)
    desk.on_submit(app, "people_form", submit_people)
    desk.on_submit(app, "deputies_form", submit_deputies)


def people(act: Act, typed: str) -> Outcome:
    """Show who does what."""
    found = contract_people.people_of(act, typed)
    return Outcome.answers(act.messages.message("contract_people", people=found, today=act.today))


def open_people(act: Act, click: Click) -> Outcome:
    """Open the form with a field for each role."""
    found = contract_people.people_to_change(act, click.record_id)
    return Outcome.opens(act.messages.view("people_form", people=found, roles=list(RoleName)))


def open_deputies(act: Act, click: Click) -> Outcome:
    """Open the form with a field for each holder of a role."""
    return Outcome.opens(
        act.messages.view("deputies_form", people=contract_people.people_to_change(act, click.record_id))
    )


def submit_people(act: Act, form: Submission) -> Outcome:
    """Make those who were picked the holders of each role; Slack is asked about those who are new."""
    people = contract_people.people_to_change(act, form.record_id)
    wanted = {
        role: fields.users(form.values, name)
        for role in RoleName
        if (name := f"role_{role.name.lower()}") in form.values
    }
    new = newcomers.unknown_among(act, {slack for each in wanted.values() for slack in each})

    def then(act: Act, identities: Sequence[Identity]) -> Outcome:
        made = contract_people.appoint(act, people.contract.id, wanted, identities)
        return Outcome.shows(act.messages.view("people_done", people=made))

    return Outcome.after(partial(identities_of, users=new), then)


def submit_deputies(act: Act, form: Submission) -> Outcome:
    """Make those who were picked the deputies."""
    people = contract_people.people_to_change(act, form.record_id)
    wanted = {
        holder.key: (fields.users(form.values, f"deputy_{holder.key}") or [""])[0]
        for holder in people.holders
        if f"deputy_{holder.key}" in form.values
    }
    new = newcomers.unknown_among(act, {slack for slack in wanted.values() if slack})

    def then(act: Act, identities: Sequence[Identity]) -> Outcome:
        made = contract_people.set_deputies(act, people.contract.id, wanted, identities)
        return Outcome.shows(act.messages.view("people_done", people=made))

    return Outcome.after(partial(identities_of, users=new), then)
