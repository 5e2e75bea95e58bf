"""Adding a partner to the register, and changing one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count

from sqlalchemy import select
from sqlmodel import col

from bot.domain.normalisation import folded, name_key
from bot.domain.text_validation import required_name
from bot.domain.wording import quoted
from bot.errors import UserError
from bot.models import Organisation, OrganisationKind, Team
from bot.policy import RegisterPermission
from bot.services import changes, edit_conflicts
from bot.services.lookup import partners as partner_lookup
from bot.services.unit_of_work import ActorContext

KINDS = tuple(kind for kind in OrganisationKind if not kind.is_department)
WORKSPACES = "Slack workspaces"
_TEAM = re.compile(r"[TE][A-Z0-9]{1,39}")
_LONGEST_KEY = 40


@dataclass(frozen=True)
class PartnerEntry:
    """A partner as a person enters it; `teams` are ids of Slack workspaces, separated by spaces."""

    name: str
    kind: OrganisationKind
    teams: str = ""


@dataclass(frozen=True)
class ChangedPartner:
    """A partner after a change, and the changes."""

    partner: Organisation
    changes: dict[str, list[str]]


def add_partner(ctx: ActorContext, entry: PartnerEntry) -> Organisation:
    """Add a partner, with a key made from its name. Raises `Denied`, or `UserError` with its form field."""
    ctx.require_on_register(RegisterPermission.KEEP_PARTNERS)
    name = _name(ctx, entry, but=None)
    partner = Organisation(key=_key(ctx, name), name=name, kind=entry.kind)
    teams = _teams(ctx, entry, owner=None)
    ctx.add(partner)
    ctx.session.add_all(Team(slack=team, organisation_id=partner.id) for team in teams)
    ctx.session.flush()
    ctx.record("partner added", partner.key, name=name, kind=partner.kind.value, teams=" ".join(teams))
    return partner


def partner_to_change(ctx: ActorContext, typed: str) -> tuple[Organisation, Sequence[str]]:
    """A partner that the actor may change, and its Slack workspaces. Raises `UserError`, `AmbiguousMatch` or
    `Denied`."""
    partner = partner_lookup.partner_to_change(ctx, typed)
    return partner, partner_lookup.teams_of(ctx, partner)


def change_partner(ctx: ActorContext, key: str, entry: PartnerEntry) -> ChangedPartner:
    """Change a partner; its key stays. Raises `Denied`, `EditConflict`, or `UserError` with its form field."""
    partner = partner_lookup.partner_by_key(ctx, key)
    edit_conflicts.check(ctx, partner.key, "partner changed")
    made = changes.apply(partner, {"name": _name(ctx, entry, but=partner), "kind": entry.kind})
    before, after = partner_lookup.teams_of(ctx, partner), _teams(ctx, entry, owner=partner)
    if set(before) != set(after):
        for team in set(before) - set(after):
            ctx.session.delete(ctx.session.get_one(Team, team))
        ctx.session.add_all(Team(slack=team, organisation_id=partner.id) for team in set(after) - set(before))
        made[WORKSPACES] = [changes.in_words(" ".join(before)), changes.in_words(" ".join(after))]
    ctx.session.flush()
    if made:
        ctx.record("partner changed", partner.key, changes=made)
    return ChangedPartner(partner, made)


def _name(ctx: ActorContext, entry: PartnerEntry, but: Organisation | None) -> str:
    name = required_name(entry.name, what="the name of the partner", at_most=150, field="name")
    for other in ctx.session.scalars(select(Organisation)):
        if other is not but and name_key(other.name) == name_key(name):
            raise UserError(
                f"{other.name} is in the register already. Use its whole name, or change that one.", field="name"
            )
    return name


def _key(ctx: ActorContext, name: str) -> str:
    """The name in small letters, digits and dashes, with a number if another partner has the same."""
    stem = "-".join(re.findall(r"[a-z0-9]+", folded(name)))[:_LONGEST_KEY].strip("-") or "partner"
    taken = set(ctx.session.scalars(select(col(Organisation.key))))
    numbered = (f"{stem[: _LONGEST_KEY - 5].rstrip('-')}-{number}" for number in count(2))
    return next(key for key in chain([stem], numbered) if key not in taken)


def _teams(ctx: ActorContext, entry: PartnerEntry, owner: Organisation | None) -> Sequence[str]:
    teams = list(dict.fromkeys(entry.teams.replace(",", " ").upper().split()))
    for team in teams:
        if not _TEAM.fullmatch(team):
            raise UserError(
                f"{quoted(team)} is not the id of a Slack workspace. One begins with T or E, for example T0NORTHGATE; "
                "separate several by spaces.",
                field="teams",
            )
    taken = ctx.session.execute(
        select(col(Team.slack), Organisation)
        .join(Organisation, col(Organisation.id) == col(Team.organisation_id))
        .where(col(Team.slack).in_(teams))
        .order_by(col(Team.slack))
    )
    for team, organisation in taken:
        if owner is None or organisation.id != owner.id:
            raise UserError(f"The Slack workspace {team} belongs to {organisation.name}. Leave it out.", field="teams")
    return teams
