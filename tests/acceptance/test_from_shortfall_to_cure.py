"""A quarter from a shortfall to its cure, as its people live it. The browser tests take a picture of each moment."""

from tests.acceptance.office import Office
from tests.acceptance.shortfall import from_shortfall_to_cure


def test_a_quarter_from_shortfall_to_cure(office: Office) -> None:
    names = []
    for moment in from_shortfall_to_cure(office):
        shown = [each.plain for each in office.person(moment.who).messages(moment.channel)]
        assert any(moment.says in each for each in shown), f"{moment.name}: {shown[-1]}"
        names.append(moment.name)
    assert names == [
        "1-escalated",
        "2-plan-asked-for",
        "3-plan-to-decide",
        "4-step-is-due",
        "5-one-good-period",
        "6-three-good-periods",
        "7-cured",
    ]
