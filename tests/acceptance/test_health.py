"""How Liaison is doing, as an administrator, a host and a machine that draws figures see it."""

import httpx
from sqlalchemy import text

from bot.models import OutboxMessage
from jobs import JOBS, job_named
from tests.acceptance.office import AMIRA, METRICS_TOKEN, NORTH_EAST, PORTFOLIO, Office, finish
from tests.builders import MINUTE, rows

NADIA = "U0NADIA"
LINE = 'raise WP-NE "Advisers leaving faster than hired" likely major'


def asked(office: Office, path: str, token: str = "") -> httpx.Response:
    return httpx.get(f"{office.bot_url}{path}", headers={"Authorization": token}, trust_env=False)


def health(office: Office, user: str = NADIA) -> str:
    (answer,) = office.person(user).command("/liaison health", channel="C0HELP")
    return answer.plain


def pings(office: Office) -> list[str]:
    """What an administrator was told of the jobs."""
    return [m.plain for m in office.person(NADIA).direct_messages() if m.plain.startswith("Liaison ")]


def test_an_administrator_sees_how_it_goes_and_hears_of_an_incident_once(office: Office) -> None:
    assert "No job has ever run." in health(office)
    assert "You do not have a role that lets you see how Liaison itself is doing" in health(office, AMIRA)
    runs = office.liaison.runs
    finish(runs.watch_over(office.clock.now()))
    for job in JOBS:
        finish(runs.run(job, office.clock.now()))
    told = health(office)
    assert "Liaison is well at 4 January 2027 at 9am" in told
    assert "Running: prompt, to ask partners for the reports that are due" in told
    assert (
        "Last start: 4 January 2027 at 9am. Last success: 4 January 2027 at 9am. Next run: 4 January 2027 at 9:05am"
        in told
    )
    expected = len(JOBS) - len(("members", "retention"))  # which run before 9am, so that they are expected tomorrow
    office.clock.advance(16 * MINUTE)
    for _ in range(2):
        finish(office.liaison.watch.check())
    told = health(office)
    assert told.index("Late: prompt") < told.index("Outbox: ")
    assert "waiting, the oldest since 4 January 2027 at 9am" in told
    (ping,) = pings(office)
    assert f"Liaison needs a look. {expected} jobs have not succeeded when expected:" in ping, "nothing else delivers"
    office.clock.advance(MINUTE)
    for job in JOBS:
        finish(runs.run(job, office.clock.now()))
    finish(runs.flush())
    finish(office.liaison.watch.check())
    office.deliver()
    assert f"Liaison has recovered. {expected} jobs succeed again" in pings(office)[-1]
    assert len(pings(office)) == 2


def test_a_host_asks_whether_it_can_work_and_a_machine_asks_for_figures(office: Office) -> None:
    office.person(AMIRA).command(f"/risk {LINE}", channel=NORTH_EAST)
    office.person(AMIRA).command("/risk nonsense", channel=NORTH_EAST)
    office.person(AMIRA).command("/liaison health", channel=NORTH_EAST)
    finish(office.liaison.runs.watch_over(office.clock.now()))
    finish(office.liaison.runs.run(job_named("prompt"), office.clock.now()))
    office.clock.advance(2 * MINUTE)
    assert [(asked(office, path).status_code, asked(office, path).text) for path in ("/healthz", "/readyz")] == [
        (200, "ok"),
        (200, "ready"),
    ]
    assert asked(office, "/metrics").status_code == 401, "who asks has no token"
    assert asked(office, "/metrics", f"Bearer {METRICS_TOKEN}x").status_code == 401
    figures = asked(office, "/metrics", f"Bearer {METRICS_TOKEN}")
    assert figures.headers["content-type"].startswith("text/plain; version=0.0.4")
    waiting = len(rows(office.liaison.database, OutboxMessage))
    for line in (
        f'liaison_outbox_messages{{state="pending"}} {waiting}',
        'liaison_outbox_messages{state="dead"} 0',
        "liaison_outbox_oldest_waiting_age_seconds 120.0",
        'liaison_job_last_success_age_seconds{job="prompt"} 120.0',
        'liaison_job_late{job="summary"} 0',
        'liaison_request_duration_seconds_count{kind="command",outcome="done"} 1',
        'liaison_request_duration_seconds_count{kind="command",outcome="explained"} 1',
        'liaison_request_duration_seconds_bucket{kind="command",outcome="refused",le="+Inf"} 1',
    ):
        assert line in figures.text.splitlines()
    secret = office.liaison.settings.slack_bot_token.get_secret_value()
    assert not any(word in figures.text for word in (secret, "Amira", AMIRA, "WP-NE", "Northgate"))
    with office.liaison.database.writing() as session:
        session.execute(text("update alembic_version set version_num = 'older'"))
    assert (asked(office, "/readyz").status_code, asked(office, "/readyz").text) == (503, "migrations")
    with office.liaison.database.writing() as session:
        session.execute(text("alter table outbox_message rename to elsewhere"))
        session.execute(text("alter table alembic_version rename to elsewhere_too"))
    refused = asked(office, "/metrics", f"Bearer {METRICS_TOKEN}")
    assert (refused.status_code, refused.text) == (503, "database")


def test_a_manager_sees_what_will_be_sent_on_their_contracts_alone(office: Office) -> None:
    told = rehearsed(office, "", "C0HELP")
    assert told.startswith("What will be sent on your contracts until 18 January 2027, if nothing changes")
    assert "the report for December 2026 on WP-NE is due on 6 January 2027." in told
    assert "on SK-SC" in told
    assert "on HA-EW" not in told, "somebody else's"
    assert "No contract of yours fits “HA-EW”" in rehearsed(office, "HA-EW", PORTFOLIO)
    assert rows(office.liaison.database, OutboxMessage) == []


def rehearsed(office: Office, contract: str, channel: str) -> str:
    """What somebody is answered, once the jobs have been rehearsed; until then they read that it goes on."""
    amira = office.person(AMIRA)
    (first,) = amira.command(f"/contract upcoming {contract}".strip(), channel=channel)
    assert first.text.startswith("Working on it. The answer follows here")
    found: list[str] = []

    def answered(_: object) -> bool:
        found.extend(each.plain for each in amira.messages(channel) if each.ephemeral and each.ts != first.ts)
        return bool(found)

    amira.wait(answered, timeout=120)
    return found[0]
