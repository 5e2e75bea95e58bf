"""files.*: https://docs.slack.dev/messaging/working-with-files#uploading_files"""

from __future__ import annotations

from typing import Any

from workspace.errors import SlackError
from workspace.state.files import MOST_BYTES, File
from workspace.state.objects import file_json
from workspace.state.pictures import app_sees
from workspace.state.store import Conversation, Message
from workspace.web_api.call import Call
from workspace.web_api.chat import thread

Json = dict[str, Any]
LONGEST_ALT_TEXT = 1000


def get_upload_url(call: Call) -> Json:
    """files.getUploadURLExternal: where to send the bytes, and the id the file will have."""
    if not call.text("length") or call.text("length") == "0":
        raise SlackError("missing_argument")
    length = call.number("length", "invalid_arguments")
    name = call.required("filename")
    if length > MOST_BYTES:
        raise SlackError("file_upload_size_restricted")
    if len(call.text("alt_txt")) > LONGEST_ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    files, bot = call.ws.store.files, call.ws.store.bot
    file, ticket = files.announce(bot.id, name, length, call.base_url, call.text("alt_txt"))
    return {"upload_url": f"{call.base_url}/upload/{ticket}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    """files.completeUploadExternal, once for each file: shared in `channel_id` or `channels`, or else private."""
    files = _announced(call)
    places = _places(call)
    thread_ts = thread(call, places[0]) if places else None
    blocks = None if call.text("initial_comment") else call.json("blocks", "invalid_blocks_format")
    checked: list[Json] = []
    text = call.text("initial_comment")
    if blocks:
        text, checked = call.ws.content("", blocks)
    for file, title in files:
        file.complete = True
        file.title = title or file.title
    for place in places:
        message = Message(place.id, "", call.ws.store.bot.id, text, checked, by_app=True, thread_ts=thread_ts)
        call.ws.share([file for file, _ in files], message)
    return {"files": [file_json(call.ws.store, file) for file, _ in files]}


def _announced(call: Call) -> list[tuple[File, str]]:
    """The files to complete, whose bytes are here, with their titles. Raises SlackError file_not_found."""
    wanted = call.json("files", "invalid_arguments")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(one, dict) for one in wanted):
        raise SlackError("invalid_arguments", ("missing required field: files",))
    found: dict[str, tuple[File, str]] = {}
    for one in wanted:
        file = call.ws.store.files.find(str(one.get("id")))
        if file is None or file.complete or file.content is None or file.id in found:
            raise SlackError("file_not_found")
        title = one.get("title")
        found[file.id] = (file, title if isinstance(title, str) else "")
    return list(found.values())


def _places(call: Call) -> list[Conversation]:
    """Where to share. Raises SlackError channel_not_found, invalid_channel or not_in_channel."""
    ids = call.ids("channels") or call.ids("channel_id")
    if len(ids) > 1 and call.text("thread_ts"):
        raise SlackError("invalid_arguments", ("thread_ts needs exactly one channel",))
    places = []
    for channel in ids:
        conversation = call.ws.store.conversations.get(channel)
        if channel in call.ws.store.users:
            conversation = call.ws.store.direct(call.reachable(channel).id, call.ws.store.bot.id)
        if conversation is None or not call.ws.store.is_visible(conversation):
            raise SlackError("channel_not_found" if call.ids("channels") else "invalid_channel")
        if not call.is_member(conversation):
            raise SlackError("not_in_channel")
        places.append(call.writable(conversation))
    return places


def info(call: Call) -> Json:
    """files.info of a file that the app can see. Whoever asks again after a first answer finds it processed,
    if it has been scanned by then."""
    file = _visible(call)
    described = file_json(call.ws.store, file)
    call.ws.store.files.process(file)
    return {"file": described, "comments": [], "response_metadata": {"next_cursor": ""}}


def delete(call: Call) -> Json:
    """files.delete of one of the app's own; its messages stay, without it."""
    file = _visible(call)
    if file.user != call.ws.store.bot.id:
        raise SlackError("cant_delete_file")
    call.ws.store.files.remove(file)
    for channel, stamps in file.shares.items():
        for ts in stamps:
            message = call.ws.store.conversations[channel].find(ts)
            if message is not None:
                message.files.remove(file.id)
                call.ws.store.touch(message)
    return {}


def _visible(call: Call) -> File:
    file = call.ws.store.files.find(call.text("file"))
    if file is None or not file.complete or not app_sees(call.ws.store, file):
        raise SlackError("file_not_found")
    return file
