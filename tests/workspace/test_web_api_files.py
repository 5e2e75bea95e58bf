"""Files: announced, uploaded, shared, served and deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.workspace.conftest import HTTP, World
from tests.workspace.everything import EVERYTHING, told
from tests.workspace.sample import field
from workspace import Control, Person

Json = dict[str, Any]
PNG = b"\x89PNG\r\n\x1a\n rest of a picture"


@pytest.fixture
def world(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    yield from make_world(manifest=EVERYTHING)


def announced(world: World, name: str, length: int, **more: object) -> Json:
    """files.getUploadURLExternal as a form, the only way it is read."""
    headers = {"Authorization": f"Bearer {world.settings.bot_token}"}
    data = {"filename": name, "length": str(length), **{key: str(value) for key, value in more.items()}}
    answer: Json = HTTP.post(f"{world.url}/api/files.getUploadURLExternal", data=data, headers=headers).json()
    return answer


def uploaded(world: World, name: str, content: bytes) -> str:
    """The id of a file whose bytes have come, and which waits to be completed."""
    answer = announced(world, name, len(content))
    assert HTTP.post(answer["upload_url"], content=content).text == f"OK - {len(content)}"
    return str(answer["file_id"])


def fetched(world: World, address: str) -> httpx.Response:
    """A file's address as the app asks for it."""
    return HTTP.get(address, headers={"Authorization": f"Bearer {world.settings.bot_token}"})


def test_a_file_is_for_the_app_with_its_token_and_for_the_page(world: World) -> None:
    sent = world.web.files_upload_v2(channel="C0OPEN", filename="a.txt", content="abc")
    address = sent["file"]["url_private"]
    for headers in (
        {},
        {"Authorization": "Bearer xoxb-another"},
        {"Authorization": f"Bearer {world.settings.app_token}"},
        {"Referer": "https://elsewhere.example/"},
    ):
        answer = HTTP.get(address, headers=headers)
        assert (answer.status_code, answer.headers["location"]) == (302, "/"), headers
    assert HTTP.get(address, headers={"Referer": f"{world.url}/as/U0ALICE/C0OPEN"}).content == b"abc"
    assert fetched(world, address).content == b"abc"


def test_without_its_scope_no_file_is_read(make_world: Callable[..., Iterator[World]]) -> None:
    scopes = [scope for scope in EVERYTHING["oauth_config"]["scopes"]["bot"] if scope != "files:read"]
    for world in make_world(manifest={**EVERYTHING, "oauth_config": {"scopes": {"bot": scopes}}}):
        with world.person("U0ALICE") as alice:
            file = alice.upload("a.txt", b"abc", channel="C0OPEN")
        assert fetched(world, file["url_private"]).status_code == 302


def test_a_file_of_where_the_app_is_not_is_not_its_to_read(world: World) -> None:
    with world.person("U0ALICE") as alice:
        file = alice.upload("a.txt", b"abc", channel="C0SECRET")
    assert world.call("files.info", file=file["id"])["error"] == "file_not_found"
    assert fetched(world, file["url_private"]).status_code == 302


def test_a_file_that_came_with_a_form_is_the_apps_to_read(world: World, alice: Person) -> None:
    world.sample.view = {**world.sample.view, "blocks": [field("file", {"type": "file_input", "action_id": "v"})]}
    file = alice.upload("a.txt", b"abc")
    assert world.call("files.info", file=file["id"])["error"] == "file_not_found"
    alice.command("/risk view", channel="C0OPEN")
    assert alice.submit(alice.modal(), {"file": [file["id"]]}).closed
    assert world.web.files_info(file=file["id"])["file"]["name"] == "a.txt"
    assert fetched(world, file["url_private"]).content == b"abc"


def test_the_sdks_upload_posts_a_message_with_the_file(world: World, alice: Person) -> None:
    sent = world.web.files_upload_v2(
        channel="C0OPEN", filename="chart.png", content=PNG, title="A chart", initial_comment="Look", alt_txt="A line"
    )
    assert sent["file"]["mimetype"] == ""  # not processed yet
    world.web.files_info(file=sent["file"]["id"])
    file = world.web.files_info(file=sent["file"]["id"])["file"]
    message = world.web.conversations_history(channel="C0OPEN")["messages"][0]
    assert (message["text"], message["upload"], message["user"]) == ("Look", True, "U0SAMPLE")
    assert message["files"][0]["id"] == file["id"]
    assert {key: file[key] for key in ("name", "title", "mimetype", "filetype", "size", "user", "alt_txt")} == {
        "name": "chart.png",
        "title": "A chart",
        "mimetype": "image/png",
        "filetype": "png",
        "size": len(PNG),
        "user": "U0SAMPLE",
        "alt_txt": "A line",
    }
    assert (file["channels"], file["groups"], file["ims"]) == (["C0OPEN"], [], [])
    assert file["shares"] == {"public": {"C0OPEN": [{"ts": message["ts"]}]}}
    event = told(world, "file_shared")
    assert (event["file_id"], event["channel_id"], event["user_id"]) == (file["id"], "C0OPEN", "U0SAMPLE")
    assert "name" not in event["file"]
    served = fetched(world, file["url_private"])
    assert (served.content, served.headers["content-type"]) == (PNG, "image/png")
    assert served.headers["content-disposition"].startswith("inline")


def test_a_file_is_scanned_for_a_while_shown_where_it_may_be_and_gone_in_the_end(world: World) -> None:
    """What of it is switched; a response URL that takes no unshared picture is played in tests/acceptance."""
    with Control(world.url) as control:
        control.switch(scanning=60, retention=3600)
        file = uploaded(world, "chart.png", PNG)
        world.web.files_completeUploadExternal(files=[{"id": file}])
        picture = [{"type": "image", "slack_file": {"id": file}, "alt_text": "A line"}]
        for seconds, error in (
            (0, "invalid_blocks"),
            (59, "invalid_blocks"),
            (1, None),
            (3539, None),
            (1, "invalid_blocks"),
        ):
            world.clock.advance(seconds=seconds)
            for _ in range(2):
                world.call("files.info", file=file)
            assert world.call("chat.postMessage", channel="C0OPEN", text="a", blocks=picture).get("error") == error
        assert world.call("files.info", file=file)["error"] == "file_not_found"
        for wrong in ({"scanning": -1}, {"scanning": True}, {"team_ids": 1}, {"patience": 1}):
            with pytest.raises(ValueError, match="seconds"):
                control.switch(**wrong)


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "notes.xhtml", "thing", "script.js", "report.pdf"])
def test_what_could_carry_a_script_is_only_for_saving(world: World, name: str) -> None:
    file_id = uploaded(world, name, b"<script>alert(1)</script>")
    world.web.files_completeUploadExternal(files=[{"id": file_id}], channel_id="C0OPEN")
    served = fetched(world, world.web.files_info(file=file_id)["file"]["url_private"])
    assert served.headers["content-type"] == "application/octet-stream"
    assert served.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in served.headers["content-security-policy"]


def test_an_upload_is_completed_once(world: World) -> None:
    file_id = uploaded(world, "a.txt", b"abc")
    wanted = [{"id": file_id, "title": "Letters"}]
    done = world.call("files.completeUploadExternal", files=wanted)
    assert (done["files"][0]["title"], done["files"][0]["channels"]) == ("Letters", [])
    assert world.call("files.completeUploadExternal", files=wanted)["error"] == "file_not_found"
    assert world.call("conversations.history", channel="C0OPEN")["messages"] == []


def test_the_bytes_are_what_was_announced_and_come_once(world: World) -> None:
    answer = announced(world, "a.txt", 3)
    missing = world.call("files.completeUploadExternal", files=[{"id": answer["file_id"]}])
    assert missing["error"] == "file_not_found"
    assert HTTP.post(answer["upload_url"], content=b"abcd").status_code == 400
    assert HTTP.post(answer["upload_url"], files={"file": ("a.txt", b"abc")}).status_code == 200
    assert HTTP.post(answer["upload_url"], content=b"abc").status_code == 404
    assert HTTP.post(f"{world.url}/upload/none", content=b"abc").status_code == 404
    assert fetched(world, f"{world.url}/files/{answer['file_id']}/a.txt").status_code == 404, "not complete yet"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("a.txt", 0), "missing_argument"),
        (("", 3), "invalid_arguments"),
        (("a.txt", 10**12), "file_upload_size_restricted"),
    ],
)
def test_announcements_that_are_refused(world: World, arguments: tuple[str, int], error: str) -> None:
    assert announced(world, *arguments)["error"] == error


def test_an_announcement_is_not_read_from_json(world: World) -> None:
    assert world.call("files.getUploadURLExternal", filename="a.txt", length=3)["error"] == "missing_argument"
    assert announced(world, "a.txt", 3, alt_txt="x" * 1001)["error"] == "alt_txt_too_large"


def test_where_a_file_may_be_shared(world: World) -> None:
    def shared(**more: str) -> str:
        found = world.call("files.completeUploadExternal", files=[{"id": file_id}], **more)
        return str(found.get("error", "ok"))

    file_id = uploaded(world, "a.txt", b"abc")
    parent = world.call("chat.postMessage", channel="C0OPEN", text="parent")["ts"]
    assert shared(channel_id="C0NONE") == "invalid_channel"
    assert shared(channels="C0NONE") == "channel_not_found"
    assert shared(channel_id="C0ALONE") == "not_in_channel"
    assert shared(channel_id="C0OLD") == "is_archived"
    assert shared(channels="C0OPEN,C0SHARED", thread_ts=parent) == "invalid_arguments"
    assert shared(channels="C0OPEN", thread_ts="1.1") == "thread_not_found"
    assert shared(channels="C0OPEN", thread_ts=parent) == "ok"
    thread = world.call("conversations.replies", channel="C0OPEN", ts=parent)["messages"]
    assert thread[1]["files"][0]["id"] == file_id


def test_several_files_in_several_places(world: World) -> None:
    ids = [uploaded(world, name, b"abc") for name in ("a.txt", "b.txt")]
    world.call("files.completeUploadExternal", files=[{"id": one} for one in ids], channels="C0OPEN,U0ALICE")
    message = world.call("conversations.history", channel="C0OPEN")["messages"][0]
    assert [file["id"] for file in message["files"]] == ids
    file = world.call("files.info", file=ids[0])["file"]
    assert (file["channels"], len(file["ims"])) == (["C0OPEN"], 1)


def test_in_a_slack_connect_channel_the_event_only_hints_at_the_file(world: World) -> None:
    file_id = uploaded(world, "a.txt", b"abc")
    world.call("files.completeUploadExternal", files=[{"id": file_id}], channel_id="C0SHARED", initial_comment="Here")
    event = told(world, "message")
    hint = {"mode": "file_access", "file_access": "check_file_info", "created": 0, "timestamp": 0, "user": ""}
    assert event["files"] == [{"id": file_id, **hint}]
    in_full = world.call("conversations.history", channel="C0SHARED")["messages"][0]["files"]
    assert in_full[0]["name"] == "a.txt"


def test_deleting(world: World) -> None:
    file_id = uploaded(world, "a.txt", b"abc")
    world.call("files.completeUploadExternal", files=[{"id": file_id}], channel_id="C0OPEN", initial_comment="Here")
    address = world.call("files.info", file=file_id)["file"]["url_private"]
    assert world.call("files.delete", file=file_id)["ok"]
    assert world.call("files.info", file=file_id)["error"] == "file_not_found"
    assert fetched(world, address).status_code == 404
    message = world.call("conversations.history", channel="C0OPEN")["messages"][0]
    assert (message["text"], message.get("files")) == ("Here", None)
