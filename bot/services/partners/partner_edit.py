"""Adding a partner to the register, and changing what it says of one."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count

from sqlalchemy import select
from sqlmodel import col

from bot.access import Keeping
from bot.domain.wording import quoted
from bot.errors import UserError
from bot.models import Organisation, OrganisationKind, Team
from bot.services import changes, crossing
from bot.services.partners import partners
from bot.services.texts import kept_text
from bot.services.work import Act

KINDS = tuple(kind for kind in OrganisationKind if kind is not OrganisationKind.DEPARTMENT)
WORKSPACES = "Slack workspaces"
_TEAM = re.compile(r"[TE][A-Z0-9]{1,39}")
_LONGEST_KEY = 40


class NotAWorkspace(UserError):
    """What was entered is not the id of a Slack workspace."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"{quoted(typed)} is not the id of a Slack workspace. One begins with T or E, for example T0NORTHGATE; "
            "separate several by spaces.",
            field="teams",
        )


class WorkspaceTaken(UserError):
    """A Slack workspace is that of another organisation."""

    def __init__(self, team: str, owner: str) -> None:
        super().__init__(f"The Slack workspace {team} belongs to {owner}. Leave it out.", field="teams")


class NameTaken(UserError):
    """Another organisation has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is in the register already. Use its whole name, or change that one.", field="name")


@dataclass(frozen=True)
class PartnerEntry:
    """What a person says of a partner; `teams` are ids of Slack workspaces, separated by spaces."""

    name: str
    kind: OrganisationKind
    teams: str = ""


@dataclass(frozen=True)
class ChangedPartner:
    """A partner as it is now, and what changed."""

    partner: Organisation
    changes: dict[str, list[str]]


def add_partner(act: Act, entry: PartnerEntry) -> Organisation:
    """Add a partner; its key is made from its name. UserErrors name the field; Denied."""
    act.require_keeper(Keeping.KEEP_PARTNERS)
    name = _name(act, entry, but=None)
    partner = Organisation(key=_key(act, name), name=name, kind=entry.kind)
    teams = _teams(act, entry, owner=None)
    act.session.add(partner)
    act.session.flush()
    act.session.add_all(Team(slack=team, organisation_id=partner.id) for team in teams)
    act.session.flush()
    act.record("partner added", partner.key, name=name, kind=partner.kind.value, teams=" ".join(teams))
    return partner


def partner_to_change(act: Act, typed: str) -> tuple[Organisation, Sequence[str]]:
    """A partner that the actor may change, and its Slack workspaces. NoSuchPartner, SeveralPartners, Denied."""
    partner = partners.partner_to_keep(act, typed)
    return partner, partners.teams_of(act, partner)


def change_partner(act: Act, partner_id: int, entry: PartnerEntry) -> ChangedPartner:
    """Change what the register says of a partner; its key stays. UserErrors name the field; Crossed, PartnerGone,
    Denied."""
    partner = partners.partner_by_id(act, partner_id)
    crossing.check(act, partner.key, "partner changed")
    made = changes.apply(partner, {"name": _name(act, entry, but=partner), "kind": entry.kind})
    before, after = partners.teams_of(act, partner), _teams(act, entry, owner=partner)
    if set(before) != set(after):
        for team in set(before) - set(after):
            act.session.delete(act.session.get_one(Team, team))
        act.session.add_all(Team(slack=team, organisation_id=partner.id) for team in set(after) - set(before))
        made[WORKSPACES] = [changes.in_words(" ".join(before)), changes.in_words(" ".join(after))]
    act.session.flush()
    if made:
        act.record("partner changed", partner.key, changes=made)
    return ChangedPartner(partner, made)


def _name(act: Act, entry: PartnerEntry, but: Organisation | None) -> str:
    name = " ".join(kept_text(entry.name, what="the name of the partner", at_most=150, field="name").split())
    for other in act.session.scalars(select(Organisation)):
        if other is not but and other.name.casefold() == name.casefold():
            raise NameTaken(other.name)
    return name


def _key(act: Act, name: str) -> str:
    """The name in small letters, digits and dashes, with a number where another partner has the same."""
    plain = unicodedata.normalize("NFKD", re.sub(r"['\u2019]", "", name.casefold()))
    stem = "-".join(re.findall(r"[a-z0-9]+", plain))[:_LONGEST_KEY].strip("-") or "partner"
    taken = set(act.session.scalars(select(col(Organisation.key))))
    numbered = (f"{stem[: _LONGEST_KEY - 5].rstrip('-')}-{number}" for number in count(2))
    return next(key for key in chain([stem], numbered) if key not in taken)


def _teams(act: Act, entry: PartnerEntry, owner: Organisation | None) -> Sequence[str]:
    teams = list(dict.fromkeys(entry.teams.replace(",", " ").upper().split()))
    for team in teams:
        if not _TEAM.fullmatch(team):
            raise NotAWorkspace(team)
    taken = act.session.execute(
        select(col(Team.slack), Organisation)
        .join(Organisation, col(Organisation.id) == col(Team.organisation_id))
        .where(col(Team.slack).in_(teams))
        .order_by(col(Team.slack))
    )
    for team, organisation in taken:
        if owner is None or organisation.id != owner.id:
            raise WorkspaceTaken(team, organisation.name)
    return teams
