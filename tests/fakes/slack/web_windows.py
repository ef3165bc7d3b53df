"""Windows and home pages, and the two halves of a file upload."""

from __future__ import annotations

from tests.fakes.slack.blockkit import check_view
from tests.fakes.slack.check import Json
from tests.fakes.slack.errors import Refused
from tests.fakes.slack.shared import Call, view_json, with_ids
from tests.fakes.slack.state import BOT_USER, MODAL_STACK, Upload


def _modal(call: Call) -> Json:
    view = check_view(call.need("view"))
    return {**view, "blocks": with_ids(view["blocks"], call.workspace)}


def views_open(call: Call) -> Json:
    modal = _modal(call)
    user = call.workspace.use_trigger(call.need("trigger_id"))
    view = call.workspace.view(user, modal)
    call.workspace.modals[user] = [view]
    return {"view": view_json(view)}


def views_push(call: Call) -> Json:
    modal = _modal(call)
    user = call.workspace.use_trigger(call.need("trigger_id"))
    stack = call.workspace.modals.setdefault(user, [])
    if len(stack) >= MODAL_STACK:
        raise Refused("push_limit_reached")
    view = call.workspace.view(user, modal)
    stack.append(view)
    return {"view": view_json(view)}


def views_update(call: Call) -> Json:
    modal = _modal(call)
    view = call.workspace.find_modal(call.args.get("view_id"), call.args.get("external_id"))
    if call.args.get("hash") not in (None, view.hash):
        raise Refused("hash_conflict")
    view.view, view.hash = modal, f"{call.workspace.number()}.h"
    view.seq = call.workspace.next_seq()
    return {"view": view_json(view)}


def views_publish(call: Call) -> Json:
    user = str(call.need("user_id"))
    if user not in call.workspace.people:
        raise Refused("invalid_arguments", ["invalid `user_id` [json-pointer:/user_id]"])
    view = check_view(call.need("view"), ("home",))
    whole = {**view, "blocks": with_ids(view["blocks"], call.workspace)}
    call.workspace.homes[user] = call.workspace.view(user, whole)
    return {"view": view_json(call.workspace.homes[user])}


def files_get_upload_url(call: Call) -> Json:
    key = f"F{call.workspace.number()}"
    upload = Upload(key, str(call.need("filename")), int(call.need("length")))
    upload.looked_at = call.workspace.picture_delay
    call.workspace.uploads[key] = upload
    return {"upload_url": f"{call.url}/upload/v1/{key}", "file_id": key}


def files_complete_upload(call: Call) -> Json:
    channel = call.args.get("channel_id")
    if channel is not None and channel not in call.workspace.messages:
        raise Refused("channel_not_found" if str(channel).startswith("D") else "invalid_channel")
    shown: list[Json] = []
    for item in call.need("files"):
        upload = call.workspace.uploads.get(item.get("id"))
        if upload is None or upload.data is None:
            raise Refused("file_not_found")
        upload.channel, upload.title = channel, item.get("title") or upload.name
        shown.append({"id": upload.id, "name": upload.name, "title": upload.title})
    if channel is not None:
        comment = call.args.get("initial_comment") or ""
        call.workspace.post(str(channel), BOT_USER, comment, files=shown)
    return {"files": shown}
