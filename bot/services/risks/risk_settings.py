"""The department's own rules for risks: read by whatever grades one, changed by an administrator."""

from sqlmodel import Session

from bot.access import Keeping
from bot.domain.risk_rules import BandStarts, RiskCategory, RiskRules, check_rules
from bot.domain.scores import Band
from bot.models import RiskSettings
from bot.services import changes, crossing
from bot.services.work import Act

_ONE = 1  # the row there is
SUBJECT = "risk settings"


def rules_in_force(session: Session) -> RiskRules:
    """The rules that were set, or the usual ones where nobody has set any. One query."""
    row = session.get(RiskSettings, _ONE)
    if row is None:
        return RiskRules()
    days = (row.low_days, row.medium_days, row.high_days, row.very_high_days)
    return RiskRules(
        starts=BandStarts(row.medium_from, row.high_from, row.very_high_from),
        severe_at_least=row.severe_at_least,
        review_days=dict(zip(Band, days, strict=True)),
        appetite={RiskCategory(category): Band(most) for category, most in row.appetite.items()},
    )


def rules_to_change(act: Act) -> RiskRules:
    """The rules in force, for an administrator to change. Denied."""
    act.require_keeper(Keeping.ADMINISTER)
    return rules_in_force(act.session)


def change_rules(act: Act, rules: RiskRules) -> dict[str, list[str]]:
    """Put other rules in force; what differs, as [was, became]. Denied, Crossed, BandsOutOfOrder, ReviewsOutOfOrder.

    Every risk is in its new band from now on; the day of its next review stays until it is assessed again.
    """
    act.require_keeper(Keeping.ADMINISTER)
    check_rules(rules)
    row = act.session.get(RiskSettings, _ONE, with_for_update=True)
    crossing.check(act, SUBJECT, "risk settings")
    before = _columns(rules_in_force(act.session))
    after = _columns(rules)
    made = {
        changes.label(name): [changes.in_words(before[name]), changes.in_words(value)]
        for name, value in after.items()
        if before[name] != value
    }
    if made:
        starts, days = rules.starts, rules.review_days
        kept = RiskSettings(
            id=_ONE,
            medium_from=starts.medium,
            high_from=starts.high,
            very_high_from=starts.very_high,
            severe_at_least=rules.severe_at_least,
            appetite={category.value: rules.accepted(category).value for category in RiskCategory},
            **{f"{band.name.lower()}_days": days[band] for band in Band},
        )
        if row is None:
            act.session.add(kept)
        else:
            changes.apply(row, kept.model_dump())
        act.session.flush()
        act.record("risk settings", SUBJECT, changes=made)
    return made


def _columns(rules: RiskRules) -> dict[str, object]:
    """The rules one by one, by names that people read."""
    return {
        "medium from a score of": rules.starts.medium,
        "high from a score of": rules.starts.high,
        "very high from a score of": rules.starts.very_high,
        "a severe impact is at least": rules.severe_at_least.value,
        **{f"days between reviews, {band.value.lower()}": rules.review_days[band] for band in Band},
        **{f"appetite for {category.value}": rules.accepted(category).value for category in RiskCategory},
    }
