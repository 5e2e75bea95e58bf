"""Who is from where: Enterprise organisations, partners through Slack Connect, guests, and the deactivated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.workspace.conftest import SEED, World
from tests.workspace.everything import EVERYTHING, told
from workspace import parse_seed

Json = dict[str, Any]
# The department has two workspaces in one organisation, a partner two in another, and a second partner just one.
ORGANISATIONS: Json = {
    "app": SEED["app"],
    "enterprises": [
        {"id": "E0DEPT", "name": "The Department", "domain": "the-department"},
        {"id": "E0PARTNER", "name": "Partner Group", "domain": "partner-group"},
    ],
    "teams": [
        {"id": "T0HOME", "name": "Contracts", "domain": "contracts", "enterprise": "E0DEPT"},
        {"id": "T0SISTER", "name": "Estates", "domain": "estates", "enterprise": "E0DEPT"},
        {"id": "T0NORTH", "name": "Partner North", "domain": "partner-north", "enterprise": "E0PARTNER"},
        {"id": "T0SOUTH", "name": "Partner South", "domain": "partner-south", "enterprise": "E0PARTNER"},
        {"id": "T0SOLO", "name": "Solo", "domain": "solo"},
        {"id": "T0LATER", "name": "Later", "domain": "later"},
    ],
    "users": [
        {"id": "W0ANN", "team": "T0HOME", "teams": ["T0SISTER"], "name": "ann", "real_name": "Ann Able",
         "role": "owner", "email": "ann@dept.example", "title": "Owner"},
        {"id": "U0SIS", "team": "T0SISTER", "name": "sis", "real_name": "Sis Ter"},
        {"id": "U0TEMP", "team": "T0HOME", "name": "temp", "real_name": "Temp Orary", "guest": "single"},
        {"id": "U0MANY", "team": "T0HOME", "name": "many", "real_name": "Many Channels", "guest": "multi"},
        {"id": "U0GONE", "team": "T0HOME", "name": "gone", "real_name": "Gone Girl", "deleted": True},
        {"id": "U0NEW", "team": "T0HOME", "name": "new", "real_name": "New Comer", "invited": True, "confirmed": False},
        {"id": "U0NORA", "team": "T0NORTH", "name": "nora", "real_name": "Nora North", "email": "nora@p.example"},
        {"id": "U0SUE", "team": "T0SOUTH", "name": "sue", "real_name": "Sue South"},
        {"id": "U0LATER", "team": "T0LATER", "name": "later", "real_name": "Later Comer"},
        {"id": "U0SOLO", "team": "T0SOLO", "name": "solo", "real_name": "Solo Singer"},
    ],
    "channels": [
        {"id": "C0OPEN", "name": "open", "members": ["W0ANN", "U0TEMP", "U0MANY"], "bot": True},
        {"id": "C0BOTH", "name": "both", "members": ["W0ANN", "U0SIS", "U0MANY"], "bot": True},
        {"id": "C0GROUP", "name": "group", "private": True, "members": ["W0ANN", "U0NORA"], "bot": True},
        {"id": "C0ALL", "name": "all", "members": ["U0SOLO", "U0NORA", "W0ANN"], "bot": True},
        {"id": "C0SOON", "name": "soon", "members": ["W0ANN"], "bot": True, "pending": ["T0LATER"]},
        {"id": "C0THEIRS", "name": "theirs", "members": ["U0SOLO"]},
    ],
}  # fmt: skip


@pytest.fixture
def world(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    yield from make_world(seed=parse_seed(ORGANISATIONS), manifest=EVERYTHING)


def profile(world: World, user: str) -> Json:
    found: Json = world.web.users_info(user=user)["user"]
    return found


def test_somebody_of_the_apps_own_organisation(world: World) -> None:
    ann = profile(world, "W0ANN")
    assert ann.pop("profile") == {
        "title": "Owner",
        "real_name": "Ann Able",
        "real_name_normalized": "Ann Able",
        "display_name": "ann",
        "display_name_normalized": "ann",
        "status_text": "",
        "status_emoji": "",
        "first_name": "Ann",
        "last_name": "Able",
        "team": "T0HOME",
        "email": "ann@dept.example",
    }
    assert ann == {
        "id": "W0ANN",
        "team_id": "T0HOME",
        "name": "ann",
        "deleted": False,
        "color": "9f69e7",
        "real_name": "Ann Able",
        "tz": "Europe/London",
        "tz_label": "Greenwich Mean Time",
        "tz_offset": 0,
        "is_admin": True,
        "is_owner": True,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": False,
        "is_app_user": False,
        "is_email_confirmed": True,
        "updated": 0,
        "who_can_share_contact_card": "EVERYONE",
        "enterprise_user": {
            "id": "W0ANN",
            "enterprise_id": "E0DEPT",
            "enterprise_name": "The Department",
            "is_admin": True,
            "is_owner": True,
            "is_primary_owner": False,
            "teams": ["T0HOME", "T0SISTER"],
        },
    }


def test_somebody_of_another_organisation_is_shown_with_less(world: World) -> None:
    nora = profile(world, "U0NORA")
    assert nora.pop("profile") == {
        "title": "",
        "real_name": "Nora North",
        "real_name_normalized": "Nora North",
        "display_name": "nora",
        "display_name_normalized": "nora",
        "status_text": "",
        "status_emoji": "",
        "first_name": "Nora",
        "last_name": "North",
        "team": "E0PARTNER",
    }
    assert nora == {
        "id": "U0NORA",
        "team_id": "E0PARTNER",
        "name": "nora",
        "deleted": False,
        "color": "9f69e7",
        "real_name": "Nora North",
        "is_bot": False,
        "is_app_user": False,
        "is_stranger": False,
        "updated": 0,
        "who_can_share_contact_card": "EVERYONE",
        "enterprise_user": {
            "id": "U0NORA",
            "enterprise_id": "E0PARTNER",
            "enterprise_name": "Partner Group",
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "teams": ["T0NORTH"],
        },
    }
    solo = profile(world, "U0SOLO")
    assert (solo["team_id"], solo["profile"]["team"], solo["is_stranger"]) == ("T0SOLO", "T0SOLO", False)
    assert "enterprise_user" not in solo


def test_a_stranger_shares_no_channel(world: World) -> None:
    assert profile(world, "U0SUE")["is_stranger"] is True
    assert world.call("chat.postMessage", channel="U0SUE", text="x")["error"] == "user_not_visible"
    assert world.call("chat.postMessage", channel="U0NORA", text="x")["ok"]


def test_a_sister_workspace_is_the_same_organisation(world: World) -> None:
    sis = profile(world, "U0SIS")
    assert (sis["team_id"], sis["enterprise_user"]["teams"]) == ("T0SISTER", ["T0SISTER"])
    assert "is_stranger" not in sis
    assert world.call("chat.postMessage", channel="U0SIS", text="x")["ok"]


def test_guests(world: World) -> None:
    def flags(user: str) -> tuple[bool, bool, str]:
        found = profile(world, user)
        return found["is_restricted"], found["is_ultra_restricted"], found["team_id"]

    assert flags("U0TEMP") == (True, True, "T0HOME")
    assert flags("U0MANY") == (True, False, "T0HOME")
    assert flags("W0ANN") == (False, False, "T0HOME")


def test_the_deactivated_the_invited_and_bots(world: World) -> None:
    gone = profile(world, "U0GONE")
    assert gone["deleted"] is True
    assert not {"real_name", "is_restricted", "tz", "is_email_confirmed"} & set(gone)
    new = profile(world, "U0NEW")
    assert (new["is_invited_user"], new["is_email_confirmed"]) == (True, False)
    bot = profile(world, "U0SAMPLE")
    assert (bot["is_bot"], bot["is_email_confirmed"], bot["profile"]["bot_id"]) == (True, False, "B0SAMPLE")
    assert "enterprise_user" not in bot


def test_users_list_has_the_installing_workspace_only(world: World) -> None:
    listed = {user["id"] for user in world.web.users_list()["members"]}
    assert listed == {"W0ANN", "U0TEMP", "U0MANY", "U0GONE", "U0NEW", "U0SAMPLE"}
    with_address = world.call("users.lookupByEmail", email="nora@p.example")
    assert with_address["error"] == "users_not_found"


SHARING = {
    "C0OPEN": {
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": ["T0HOME"],
        "internal_team_ids": [],
        "connected_team_ids": [],
    },
    "C0BOTH": {
        "is_shared": True,
        "is_ext_shared": False,
        "is_org_shared": True,
        "shared_team_ids": ["T0HOME", "T0SISTER"],
        "internal_team_ids": ["T0HOME", "T0SISTER"],
        "connected_team_ids": [],
    },
    "C0GROUP": {
        "is_shared": True,
        "is_ext_shared": True,
        "is_org_shared": False,
        "is_private": True,
        "shared_team_ids": ["T0HOME", "E0PARTNER"],
        "internal_team_ids": ["T0HOME"],
        "connected_team_ids": ["E0PARTNER"],
        "conversation_host_id": "T0HOME",
        "context_team_id": "T0HOME",
    },
    "C0ALL": {
        "is_ext_shared": True,
        "connected_team_ids": ["E0PARTNER", "T0SOLO"],
        "shared_team_ids": ["T0HOME", "E0PARTNER", "T0SOLO"],
        "conversation_host_id": "T0SOLO",
    },
    "C0SOON": {
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": True,
        "pending_shared": ["T0LATER"],
        "pending_connected_team_ids": ["T0LATER"],
        "connected_team_ids": [],
    },
}


@pytest.mark.parametrize("channel", SHARING)
def test_with_whom_a_channel_is_shared(world: World, channel: str) -> None:
    found = world.web.conversations_info(channel=channel)["channel"]
    assert {name: found[name] for name in SHARING[channel]} == SHARING[channel]
    assert ("conversation_host_id" in found) == found["is_ext_shared"]


def test_a_list_of_channels_does_not_say_who_is_connected(world: World) -> None:
    listed = world.web.conversations_list(types="public_channel,private_channel")["channels"]
    assert [channel["id"] for channel in listed] == ["C0OPEN", "C0BOTH", "C0GROUP", "C0ALL", "C0SOON"]
    assert not any("connected_team_ids" in channel for channel in listed)
    assert world.call("conversations.info", channel="C0THEIRS")["error"] == "channel_not_found"


def test_teams(world: World) -> None:
    home = world.web.team_info()["team"]
    assert (home["id"], home["enterprise_id"], home["enterprise_name"]) == ("T0HOME", "E0DEPT", "The Department")
    solo = world.web.team_info(team="T0SOLO")["team"]
    assert "enterprise_id" not in solo
    assert world.call("team.info", team="T0LATER")["error"] == "team_not_found"
    tested = world.web.auth_test()
    assert (tested["enterprise_id"], tested["is_enterprise_install"]) == ("E0DEPT", False)


def test_a_command_says_which_organisation(world: World) -> None:
    with world.person("W0ANN") as ann:
        ann.command("/risk hello", channel="C0OPEN")
    body = world.sample.last("command")
    named = {name: body[name] for name in ("team_id", "team_domain", "enterprise_id", "enterprise_name")}
    assert named == {
        "team_id": "T0HOME",
        "team_domain": "contracts",
        "enterprise_id": "E0DEPT",
        "enterprise_name": "The Department",
    }
    assert body["is_enterprise_install"] == "false"


def test_a_press_says_which_organisation_and_where_the_person_is_from(world: World) -> None:
    with world.person("W0ANN") as ann, world.person("U0NORA") as nora:
        ann.command("/risk card", channel="C0GROUP")
        card = nora.wait(lambda person: [m for m in person.messages("C0GROUP") if m.by_app])[-1]
        nora.click(card, "pick", "good")
    body = world.sample.last("block_actions")
    assert body["team"] == {
        "id": "T0HOME",
        "domain": "contracts",
        "enterprise_id": "E0DEPT",
        "enterprise_name": "The Department",
    }
    assert body["enterprise"] == {"id": "E0DEPT", "name": "The Department"}
    assert body["user"] == {"id": "U0NORA", "username": "nora", "name": "nora", "team_id": "E0PARTNER"}
    assert body["is_enterprise_install"] is False


def test_a_submission_names_the_persons_own_workspace(world: World) -> None:
    with world.person("W0ANN") as ann, world.person("U0NORA") as nora:
        ann.command("/risk card", channel="C0GROUP")
        card = nora.wait(lambda person: [m for m in person.messages("C0GROUP") if m.by_app])[-1]
        nora.click(card, "form")
        nora.close(nora.modal())
    body = world.sample.last("view_closed")
    assert body["team"] == {
        "id": "T0NORTH",
        "domain": "partner-north",
        "enterprise_id": "E0PARTNER",
        "enterprise_name": "Partner Group",
    }
    assert body["enterprise"] == {"id": "E0PARTNER", "name": "Partner Group"}
    assert (body["user"]["team_id"], body["view"]["team_id"]) == ("E0PARTNER", "E0PARTNER")
    assert body["view"]["app_installed_team_id"] == "T0HOME"


def test_a_message_says_where_it_comes_from(world: World) -> None:
    with world.person("U0NORA") as nora, world.person("W0ANN") as ann:
        ann.say("ours", channel="C0GROUP")
        own = told(world, "message", text="ours")
        nora.say("theirs", channel="C0GROUP")
        other = told(world, "message", text="theirs")
    assert own["team"] == "T0HOME"
    assert not {"user_team", "source_team"} & set(own)
    assert (other["team"], other["user_team"], other["source_team"]) == ("E0PARTNER",) * 3
    envelope = next(body for body in world.sample.received if body.get("event") == other)
    assert (envelope["team_id"], envelope["enterprise_id"], envelope["context_team_id"]) == (
        "T0HOME",
        "E0DEPT",
        "T0HOME",
    )
    assert (envelope["context_enterprise_id"], envelope["is_ext_shared_channel"]) == ("E0DEPT", True)
    assert envelope["authorizations"] == [
        {
            "enterprise_id": "E0DEPT",
            "team_id": "T0HOME",
            "user_id": "U0SAMPLE",
            "is_bot": True,
            "is_enterprise_install": False,
        }
    ]
    history = world.web.conversations_history(channel="C0GROUP")["messages"]
    assert [message.get("user_team") for message in history] == ["E0PARTNER", None]


def test_a_workspace_alone_says_nothing_of_enterprises(shared_world: World) -> None:
    with shared_world.person("U0ALICE") as alice:
        alice.command("/risk hello", channel="C0OPEN")
    assert not {"enterprise_id", "enterprise_name"} & set(shared_world.sample.last("command"))
    assert "enterprise_id" not in shared_world.web.team_info()["team"]
    assert "enterprise_id" not in shared_world.web.auth_test().data


@pytest.mark.parametrize(
    ("section", "row", "problem"),
    [
        ("enterprises", {"id": "X0", "name": "x", "domain": "x"}, "the id must begin with E"),
        ("teams", {"id": "T1", "name": "x", "domain": "x", "enterprise": "E9"}, "teams T1: no enterprise E9"),
        ("users", {"id": "U1", "team": "T0HOME", "name": "x", "real_name": "X", "guest": "x"}, "single or multi"),
        ("users", {"id": "U1", "team": "T0HOME", "name": "x", "real_name": "X", "guest": "single"}, "not in 0"),
        ("users", {"id": "U1", "team": "T0HOME", "name": "x", "real_name": "X", "role": "king"}, "admin, owner"),
        (
            "users",
            {"id": "U1", "team": "T0HOME", "name": "x", "real_name": "X", "teams": ["T0NORTH"]},
            "team T0HOME is not of the same enterprise",
        ),
        ("channels", {"id": "C1", "name": "x", "host": "T9"}, "channels C1: no team T9"),
        ("channels", {"id": "C1", "name": "x", "pending": ["T9"]}, "channels C1: no team T9"),
    ],
)
def test_a_seed_that_does_not_fit(section: str, row: Json, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_seed({**ORGANISATIONS, section: [*ORGANISATIONS[section], row]})
