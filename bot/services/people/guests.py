"""Guests of the department's Slack workspace who work for the department, as an administrator says.

A guest may be a partner's: nothing internal is posted where one reads whom nobody has registered (see
bot.delivery.readers). Guests have no roles of the department's.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlmodel import col

from bot.errors import UserError
from bot.identity import Identity, is_department
from bot.models import Organisation, Person
from bot.policy import RegisterPermission
from bot.services import edit_conflicts
from bot.services.lookup.people import find_or_add_person
from bot.services.unit_of_work import ActorContext

FIELD, CHANGED = "guests", "guests changed"


def guests(ctx: ActorContext) -> Sequence[Person]:
    """The department's registered guests, by name. Raises `Denied`."""
    ctx.require_on_register(RegisterPermission.ADMINISTER)
    own = select(Person).where(col(Person.guest), col(Person.organisation_id) == _department(ctx).id)
    return ctx.session.scalars(own.order_by(col(Person.name), col(Person.id))).all()


def new_guests(ctx: ActorContext, users: Collection[str]) -> list[str]:
    """The Slack users among these who are not registered as the department's guests. Raises `Denied`."""
    return sorted(set(users) - {person.slack for person in guests(ctx)})


def set_guests(ctx: ActorContext, users: Collection[str], identities: Sequence[Identity]) -> Sequence[Person]:
    """Make these Slack users the department's only registered guests; returns them.

    `identities` describe those who are new. Raises `UserError` with the form field, `Denied` or `EditConflict`.
    """
    before, department = guests(ctx), _department(ctx)
    edit_conflicts.check(ctx, department.key, CHANGED)
    known = {identity.user: identity for identity in identities}
    for user in sorted(set(users) - {person.slack for person in before}):
        _refuse_administrators(ctx, user)
        find_or_add_person(ctx, department, user, known.get(user), FIELD, guest=True)
    for person in before:
        person.guest = person.slack in users
    ctx.session.flush()
    after = guests(ctx)
    if _names(before) != _names(after):
        ctx.record(CHANGED, department.key, changes={"guests": [_names(before), _names(after)]})
    return after


def _refuse_administrators(ctx: ActorContext, user: str) -> None:
    person = ctx.session.scalar(select(Person).where(col(Person.slack) == user, col(Person.administrator)))
    if person is not None:
        raise UserError(f"{person.name} is an administrator of Liaison, as no guest can be.", field=FIELD)


def _department(ctx: ActorContext) -> Organisation:
    return ctx.session.scalars(select(Organisation).where(is_department())).one()


def _names(people: Collection[Person]) -> str:
    return ", ".join(person.name for person in people) or "nobody"
