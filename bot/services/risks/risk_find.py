"""Finding a risk by its reference: of a risk that one may not see, one hears what one hears of none at all."""

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action, ContractFacts
from bot.domain.references import number_of
from bot.domain.wording import format_date, quoted
from bot.errors import UserError
from bot.models import Risk, RiskStatus
from bot.services.contracts import register
from bot.services.work import Act


class NotARisk(UserError):
    """What was typed cannot be the reference of a risk."""

    def __init__(self, typed: str) -> None:
        super().__init__(f"{quoted(typed)} is not the reference of a risk, such as R-12. To see them: /risk list.")


class NoSuchRisk(UserError):
    """There is no such risk, or it is of a contract that the asker may not see."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"There is no risk {reference} that you can see. To see those you can: /risk list.")


class IsClosed(UserError):
    """The risk was closed, so nothing more is done with it."""

    def __init__(self, risk: Risk) -> None:
        on = format_date(risk.closed_on) if risk.closed_on else "an earlier day"
        super().__init__(
            f"{risk.reference} was closed on {on}, so nothing was done. Why it was closed: {risk.closing_reason} "
            "If it has come back, raise it as a new risk."
        )


def risk_for(act: Act, typed: str, action: Action) -> tuple[Risk, ContractFacts]:
    """The risk of this reference, with whose contract the actor may do this. NotARisk, NoSuchRisk, Denied."""
    number = number_of(typed, "R")
    if number is None:
        raise NotARisk(typed)
    return risk_by_id(act, number, action)


def risk_by_id(act: Act, risk_id: int, action: Action) -> tuple[Risk, ContractFacts]:
    """The same by the number that a form or button carries. It is locked, so that two changes do not cross."""
    risk = act.session.scalar(select(Risk).where(col(Risk.id) == risk_id).with_for_update())
    contract = None if risk is None else register.contract_facts(act.session, risk.contract_id)
    if risk is None or contract is None or not act.may(Action.SEE, contract):
        raise NoSuchRisk(f"R-{risk_id}")
    act.require(action, contract)
    return risk, contract


def check_is_not_closed(risk: Risk) -> None:
    """IsClosed for a risk that needs no more watching."""
    if risk.status is RiskStatus.CLOSED:
        raise IsClosed(risk)
