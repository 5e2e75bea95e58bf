"""Enterprise Grid: the department is an organisation of two workspaces, and so is a partner.

The app is installed in one of the department's. Of the people who use it some are at home in the other one.
"""

from dataclasses import replace

from sqlalchemy import select
from sqlmodel import Session, col

from bot.models import Person, Team
from tests.acceptance.office import CALLUM, PRIYA
from workspace import Seed
from workspace.state.seed import Enterprise, User
from workspace.state.seed import Team as Workspace

DEPARTMENT, NORTHGATE = "E0DEPT", "E0NORTHGATE"
INSTALLED, ELSEWHERE = "T0DEPT", "T0BENEFITS"
AT_HOME_ELSEWHERE = (CALLUM, "U0NADIA")
ENTERPRISES = (
    Enterprise(DEPARTMENT, "Department for Opportunity", "opportunity-grid"),
    Enterprise(NORTHGATE, "Northgate Group", "northgate-grid"),
)
OF = {INSTALLED: DEPARTMENT, "T0NORTHGATE": NORTHGATE}


def as_grid(seed: Seed) -> Seed:
    """The same people and channels, where two organisations are Grids."""
    teams = tuple(replace(team, enterprise=OF.get(team.id, "")) for team in seed.teams)
    benefits = Workspace(ELSEWHERE, "Benefits", "benefits", enterprise=DEPARTMENT)
    return replace(
        seed, enterprises=ENTERPRISES, teams=(*teams, benefits), users=tuple(_at_home(user) for user in seed.users)
    )


def _at_home(user: User) -> User:
    moved = user.id in AT_HOME_ELSEWHERE
    return replace(user, team=ELSEWHERE, teams=(ELSEWHERE, INSTALLED)) if moved else user


def register(session: Session) -> None:
    """Slack names a partner that is a Grid by the id of its enterprise, so the register has that too."""
    northgate = select(col(Person.organisation_id)).where(col(Person.slack) == PRIYA)
    session.add(Team(slack=NORTHGATE, organisation_id=session.scalars(northgate).one()))
