"""Refusals do not tell which records exist: what is not one's own is answered like what is not there."""

from itertools import count

from sqlalchemy import func, select
from sqlmodel import col

from bot.domain.scores import Impact, Likelihood
from bot.models import ActionItem, Contact, Risk, TrailEntry
from bot.services.actions.actions import add_action
from bot.services.risks import risks
from bot.services.risks.risks import RiskEntry
from handlers import COMMANDS
from tests.acceptance.office import AMIRA, CALLUM, PORTFOLIO, Office
from tests.builders import act

# What may follow the reference in some command: a line in which it is the only thing to refuse.
REST = ("", ' "Leaving" likely major', " starts=97.2")
KINDS = (("R", Risk, "/risk"), ("A", ActionItem, "/action"), ("C", Contact, "/contact"))


def not_of_callums(office: Office) -> list[tuple[str, str, str]]:
    """A record of each kind on a contract of which Callum sees nothing: its reference, one that nothing has, and the
    command that knows such records, "" for each."""
    with office.liaison.database.writing() as session:
        doing = act(session, AMIRA, office.clock.now())
        risks.raise_risk(doing, RiskEntry("SK-SC", "Advisers leaving", Likelihood.LIKELY, Impact.MAJOR))
        add_action(doing, "SK-SC", "Amira Shah: agree the plan by 8 January")
        newest = {letter: session.scalar(select(func.max(col(model.id)))) for letter, model, _ in KINDS}
    return [("SK-SC", "QK-QC", ""), *((f"{k}-{newest[k]}", f"{k}-9999", command) for k, _, command in KINDS)]


def test_what_is_not_ones_own_is_answered_like_what_is_not_there(http_office: Office) -> None:
    numbers = count()

    def answer(command: str, text: str) -> str:
        form = {"command": command, "text": text, "user_id": CALLUM, "team_id": "T0DEPT", "channel_id": PORTFOLIO}
        return http_office.post({**form, "trigger_id": f"1.{next(numbers)}", "response_url": "http://127.0.0.1/x"}).text

    asked = 0
    for theirs, nobodys, only in not_of_callums(http_office):
        for table in COMMANDS:
            for each in table.subcommands if only in ("", table.name) else ():
                for rest in REST:
                    one, other = (answer(table.name, f"{each.word} {which}{rest}") for which in (theirs, nobodys))
                    alike = {said.lower().replace(theirs.lower(), nobodys.lower()) for said in (one, other)}
                    assert len(alike) == 1, f"{table.name} {each.word} {theirs}{rest}: {alike}"
                    asked += 1
    assert asked > 180
    refused = select(col(TrailEntry.details)).where(col(TrailEntry.action) == "refused")
    reasons = {details["reason"] for details in http_office.read(lambda session: session.scalars(refused).all())}
    assert {"no contract of theirs is SK-SC", "no contract of theirs is QK-QC"} <= reasons, "both are audited"
