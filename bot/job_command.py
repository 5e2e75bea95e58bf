"""`liaison job`: running a job by hand, for real or as a dry run, at an instant or through a span."""

import asyncio
from datetime import UTC, datetime, timedelta

import typer

from bot.app import build
from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.london import london, london_instant
from bot.domain.wording import format_instant
from bot.migrations import require_up_to_date
from bot.services.pages.upcoming import Upcoming
from jobs import JOBS, Job, job_named
from jobs.context import Planned
from jobs.rehearsal import rehearse

LONGEST = timedelta(days=400)


def run_job(name: str | None, at: str | None, first: str | None, last: str | None, *, dry_run: bool) -> None:
    """Run one job at an instant, or list what will go out in a span."""
    chosen = _chosen(name)
    if first is not None or last is not None:
        if not dry_run or at is not None or first is None or last is None:
            raise typer.BadParameter("A span needs --from, --to and --dry-run, and no --at.")
        asyncio.run(_rehearse(Settings.read(), chosen, *_span(first, last)))
    elif len(chosen) > 1:
        raise typer.BadParameter("Name one job, or give --dry-run, --from and --to for all of them.")
    else:
        asyncio.run(_run_one(Settings.read(), chosen[0], _instant(at), dry_run=dry_run))


def _chosen(name: str | None) -> tuple[Job, ...]:
    try:
        return JOBS if name is None else (job_named(name),)
    except LookupError as error:
        raise typer.BadParameter(str(error.args[0])) from error


async def _run_one(settings: Settings, chosen: Job, now: datetime, *, dry_run: bool) -> None:
    liaison = build(settings, gives_way=True)
    try:
        require_up_to_date(liaison.database.engine)
        liaison.get_ready()  # now, and not in an open write
        if dry_run:
            _print_plan(await chosen.plan(liaison.jobs, now), now)
        else:
            typer.echo(f"{chosen.name}: {await chosen.run(liaison.jobs, now)}")
    finally:
        liaison.close()


def _print_plan(plan: list[Planned], now: datetime) -> None:
    typer.echo(f"At {format_instant(now)} this would send {len(plan)}:" if plan else "Nothing would be sent.")
    for planned in plan:
        typer.echo(f"\n  To {planned.channel}: {planned.text}\n  Why: {planned.why}.")


async def _rehearse(settings: Settings, chosen: tuple[Job, ...], begin: datetime, end: datetime) -> None:
    liaison = build(settings)
    try:
        require_up_to_date(liaison.database.engine)
        _print_span(await rehearse(liaison.jobs, chosen, begin, end), begin, end)
    finally:
        liaison.close()


def _print_span(messages: list[Upcoming], begin: datetime, end: datetime) -> None:
    span = f"From {format_instant(begin)} to {format_instant(end)}"
    typer.echo(f"{span} this would send {len(messages)}:" if messages else f"{span} nothing would be sent.")
    for each in messages:
        how = "Update in" if each.updates else "To"
        typer.echo(f"\n  {format_instant(each.at)}, {each.job}\n  {how} {each.channel}: {each.text}")
        typer.echo(f"  Why: {each.why}.")


def _span(first: str, last: str) -> tuple[datetime, datetime]:
    """From the first moment of a day, or an instant, to the last minute of another."""
    begin, end = _instant(first, option="--from"), _instant(last, option="--to")
    if len(last) <= len("2027-01-04"):
        end = london_instant(london(end).date() + timedelta(days=1), 0) - timedelta(minutes=1)
    if not begin <= end <= begin + LONGEST:
        raise typer.BadParameter(f"--to must not be before --from, nor more than {LONGEST.days} days after it.")
    return begin, end


def _instant(text: str | None, option: str = "--at") -> datetime:
    """The instant of an option; without a time zone it is London's time."""
    if text is None:
        return SystemClock().now()
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not an instant. For example: {option} 2027-01-04T09:00") from error
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=london(SystemClock().now()).tzinfo)
    return instant.astimezone(UTC)
