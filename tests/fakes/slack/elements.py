"""Every kind of block element the server knows."""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.slack.check import Check, Json, Rule

OPTIONS = 100
FEW_OPTIONS = 10  # checkboxes and radio buttons
OPTION_TEXT = 75
OPTION_VALUE = 150


def check_element(check: Check, element: Any, at: str, allowed: tuple[str, ...]) -> None:
    """Note what Slack would say against one element in a place for ``allowed`` kinds."""
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in allowed or kind not in RULES:
        check.wrong(at, f"unsupported element here: {kind}")
        return
    check.identify(element, at, name="action_id", seen=check.action_ids)
    RULES[str(kind)](check, element, at)


def _button(check: Check, element: Json, at: str) -> None:
    optional = "action_id url value style confirm accessibility_label"
    if not check.keys(element, at, "text", optional):
        return
    check.plain(element["text"], f"{at}/text", 75)
    if "value" in element:
        check.string(element["value"], f"{at}/value", 2000)
    if "url" in element:
        check.string(element["url"], f"{at}/url", 3000)
        if not str(element["url"]).startswith(("https://", "http://", "mailto:")):
            check.wrong(f"{at}/url", "must be a valid url")
    if "accessibility_label" in element:
        check.string(element["accessibility_label"], f"{at}/accessibility_label", 75)
    if element.get("style", "primary") not in ("primary", "danger"):
        check.wrong(f"{at}/style", "must be primary or danger")


def _image(check: Check, element: Json, at: str) -> None:
    check.keys(element, at, "image_url alt_text")


def _option(check: Check, option: Any, at: str, words: tuple[str, ...]) -> str:
    if not check.keys(option, at, "text value", "description url"):
        return ""
    if "type" in option:
        check.wrong(f"{at}/type", "no more than the known fields allowed: type")
    check.words(option["text"], f"{at}/text", OPTION_TEXT, kinds=words)
    check.string(option["value"], f"{at}/value", OPTION_VALUE)
    if "description" in option:
        check.words(option["description"], f"{at}/description", OPTION_TEXT, kinds=words)
    return str(option["value"])


def _options(
    check: Check, element: Json, at: str, most: int, words: tuple[str, ...] = ("plain_text",)
) -> None:
    """The options, unique by value, and the initial ones, which must be among them."""
    values: set[str] = set()
    whole: list[Any] = []
    groups = element.get("option_groups")
    if (groups is None) == ("options" not in element):
        check.wrong(at, "must provide either options or option_groups")
    if groups is not None:
        for group, place in check.rows(groups, f"{at}/option_groups", 100):
            if check.keys(group, place, "label options"):
                check.plain(group["label"], f"{place}/label", 75)
                whole.extend(group["options"])
                _each(check, group["options"], f"{place}/options", most, words, values)
    elif "options" in element:
        whole.extend(element["options"])
        _each(check, element["options"], f"{at}/options", most, words, values)
    initial = list(element.get("initial_options", []))
    if "initial_option" in element:
        initial.append(element["initial_option"])
    if "initial_options" in element and not initial:
        check.wrong(f"{at}/initial_options", "must have at least one item")
    for option in initial:
        if option not in whole:
            check.wrong(at, "initial option must match an option exactly")


def _each(
    check: Check, options: object, at: str, most: int, words: tuple[str, ...], values: set[str]
) -> None:
    for option, place in check.rows(options, at, most):
        value = _option(check, option, place, words)
        if value in values:
            check.wrong(f"{place}/value", f"duplicate value {value!r}")
        values.add(value)


def _placeholder(check: Check, element: Json, at: str) -> None:
    if "placeholder" in element:
        check.plain(element["placeholder"], f"{at}/placeholder", 150)


def _static_select(check: Check, element: Json, at: str) -> None:
    optional = "options option_groups initial_option placeholder confirm focus_on_load action_id"
    if check.keys(element, at, "", optional):
        _placeholder(check, element, at)
        _options(check, element, at, OPTIONS)


def _multi_static_select(check: Check, element: Json, at: str) -> None:
    optional = (
        "options option_groups initial_options placeholder confirm focus_on_load action_id "
        "max_selected_items"
    )
    if check.keys(element, at, "", optional):
        _placeholder(check, element, at)
        _options(check, element, at, OPTIONS)
        most = element.get("max_selected_items", 1)
        if not isinstance(most, int) or most < 1:
            check.wrong(f"{at}/max_selected_items", "must be at least 1")
        elif "max_selected_items" in element and len(element.get("initial_options", [])) > most:
            check.wrong(f"{at}/initial_options", "more than max_selected_items")


def _checkboxes(check: Check, element: Json, at: str) -> None:
    if check.keys(element, at, "options", "initial_options confirm focus_on_load action_id"):
        _options(check, element, at, FEW_OPTIONS, ("plain_text", "mrkdwn"))


def _radio_buttons(check: Check, element: Json, at: str) -> None:
    if check.keys(element, at, "options", "initial_option confirm focus_on_load action_id"):
        _options(check, element, at, FEW_OPTIONS, ("plain_text", "mrkdwn"))


def _overflow(check: Check, element: Json, at: str) -> None:
    if check.keys(element, at, "options", "confirm action_id"):
        _options(check, element, at, 5)


def _plain_text_input(check: Check, element: Json, at: str) -> None:
    optional = (
        "action_id initial_value multiline min_length max_length dispatch_action_config "
        "focus_on_load placeholder"
    )
    if not check.keys(element, at, "", optional):
        return
    _placeholder(check, element, at)
    longest = element.get("max_length", 3000)
    if not isinstance(longest, int) or not 1 <= longest <= 3000:
        check.wrong(f"{at}/max_length", "must be between 1 and 3000")
    elif len(element.get("initial_value", "")) > longest:
        check.wrong(f"{at}/initial_value", "longer than max_length")


def _typed_input(check: Check, element: Json, at: str) -> None:
    """An e-mail or an address."""
    optional = "action_id initial_value dispatch_action_config focus_on_load placeholder"
    if check.keys(element, at, "", optional):
        _placeholder(check, element, at)
        if "initial_value" in element:
            check.string(element["initial_value"], f"{at}/initial_value", 3000)


def _number_input(check: Check, element: Json, at: str) -> None:
    optional = (
        "action_id initial_value min_value max_value dispatch_action_config focus_on_load "
        "placeholder"
    )
    if not check.keys(element, at, "is_decimal_allowed", optional):
        return
    _placeholder(check, element, at)
    for name in ("initial_value", "min_value", "max_value"):
        if name in element:
            check.string(element[name], f"{at}/{name}", 30)


def _datepicker(check: Check, element: Json, at: str) -> None:
    if check.keys(element, at, "", "action_id initial_date confirm focus_on_load placeholder"):
        _placeholder(check, element, at)
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", str(element.get("initial_date", "2026-01-01"))):
            check.wrong(f"{at}/initial_date", "must be YYYY-MM-DD")


def _datetimepicker(check: Check, element: Json, at: str) -> None:
    if check.keys(element, at, "", "action_id initial_date_time confirm focus_on_load"):
        moment = element.get("initial_date_time", 1_700_000_000)
        if not isinstance(moment, int) or len(str(moment)) != 10:
            check.wrong(f"{at}/initial_date_time", "must be a UNIX timestamp of 10 digits")


def _timepicker(check: Check, element: Json, at: str) -> None:
    optional = "action_id initial_time confirm focus_on_load placeholder timezone"
    if check.keys(element, at, "", optional):
        _placeholder(check, element, at)
        if not re.fullmatch(r"\d\d:\d\d", str(element.get("initial_time", "00:00"))):
            check.wrong(f"{at}/initial_time", "must be HH:mm")


def _external_select(check: Check, element: Json, at: str) -> None:
    optional = "action_id initial_option min_query_length confirm focus_on_load placeholder"
    if not check.keys(element, at, "", optional):
        return
    _placeholder(check, element, at)
    if "initial_option" in element:
        _option(check, element["initial_option"], f"{at}/initial_option", ("plain_text",))
    if not isinstance(element.get("min_query_length", 3), int):
        check.wrong(f"{at}/min_query_length", "must be an integer")


RULES: dict[str, Rule] = {
    "button": _button,
    "checkboxes": _checkboxes,
    "datepicker": _datepicker,
    "datetimepicker": _datetimepicker,
    "email_text_input": _typed_input,
    "external_select": _external_select,
    "image": _image,
    "multi_static_select": _multi_static_select,
    "number_input": _number_input,
    "overflow": _overflow,
    "plain_text_input": _plain_text_input,
    "radio_buttons": _radio_buttons,
    "static_select": _static_select,
    "timepicker": _timepicker,
    "url_text_input": _typed_input,
}
