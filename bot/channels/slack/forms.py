"""A form as a window, and what comes back from it.

Every input is named after its field: ``field`` alone, ``field~option`` for a level of a rating,
``field#2`` for a place of a ranking. https://docs.slack.dev/reference/views/modal-views
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.slack import blocks as kit
from bot.channels.slack import outbound
from bot.channels.slack.blocks import Json
from bot.channels.slack.ids import SEARCH, make_id
from bot.outgoing import Rejected
from messages import slack as rich_text
from messages.labels import SLACK_LABEL, SLACK_TITLE, fit, shortened
from messages.message import Field, Form, Kind, Message, Option

CALLBACK = "form"
INPUT_TEXT = 3000
LABEL = 2000
ERROR = 300  # Slack promises no number
SHORT = 150  # longer texts get several lines
PLACES = 5  # of a ranking: a menu each; Slack does not say in which order options were picked
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# Where the state of a view holds what was typed or picked.
_TYPED = ("value", "selected_date", "selected_date_time", "selected_time")
_NAME = re.compile(r"(?P<field>[^~#]+)(?:~(?P<option>.+)|#(?P<place>\d+))?")


def window(message: Message) -> Json:
    """The view of a message with a form. Raises Rejected when it would be too large, or there is
    no form."""
    if message.form is None:
        raise Rejected("a window needs a form")
    above = outbound.page(message) if message.panels else rich_text.blocks(message.text)
    return modal(message.form, above)


def modal(form: Form, above: Sequence[Json] = ()) -> Json:
    """The view for views.open: the blocks ``above``, then the fields. Raises Rejected when it would
    be too large for a window."""
    inputs = [block for field in form.fields for block in _blocks(field)]
    blocks = [*above, *inputs]
    if len(blocks) > kit.VIEW_BLOCKS:
        raise Rejected(f"a window has {kit.VIEW_BLOCKS} blocks at most, not {len(blocks)}")
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": form.ref,
        "title": kit.plain(shortened(form.title, SLACK_TITLE), SLACK_TITLE),
        **({"submit": kit.plain(form.submit, SLACK_TITLE)} if inputs else {}),
        "close": kit.plain(form.cancel, SLACK_TITLE),
        "blocks": blocks,
    }


def _blocks(field: Field) -> list[Json]:
    match field.kind:
        case Kind.RATING:
            return _rating(field)
        case Kind.RANK if field.maximum and field.maximum <= PLACES:
            return _places(field, field.maximum)
        case Kind.RANK | Kind.MULTI:
            return [_input(field.key, field.label, _several(field), field.required, field.hint)]
        case Kind.TEXT if field.input == "day":
            return _day(field)
        case Kind.TEXT:
            return [_input(field.key, field.label, _typed(field), field.required, field.hint)]
    made = _input(field.key, field.label, _one(field), field.required, field.hint)
    return [{**made, "dispatch_action": True} if field.redraws else made]


def _day(field: Field) -> list[Json]:
    """Free text ("in two weeks"), and a calendar beside it: one of them is enough."""
    text = _input(field.key, field.label, _text(field), required=False, hint=field.hint)
    picked = field.value[0] if field.value and _DAY.fullmatch(field.value[0]) else ""
    calendar: Json = {"type": "datepicker", "placeholder": _placeholder(field.pick)}
    if picked:
        calendar["initial_date"] = picked
        text["element"].pop("initial_value", None)
    return [text, _input(f"{field.key}#2", field.pick, calendar, required=False)]


def _typed(field: Field) -> Json:
    """The input of its own kind.

    https://docs.slack.dev/reference/block-kit/block-elements
    """
    value = field.value[0] if field.value else ""
    match field.input:
        case "email" | "url":
            example = "https://…" if field.input == "url" else field.label
            element: Json = {
                "type": f"{field.input}_text_input",
                "placeholder": _placeholder(example),
            }
            return {**element, "initial_value": value} if value else element
        case "number":
            element = {
                "type": "number_input",
                "is_decimal_allowed": False,
                "placeholder": _placeholder(field.placeholder or field.label),
            }
            return {**element, "initial_value": value} if value else element
        case "moment":
            at = int(value) if value.isdecimal() else None
            return {"type": "datetimepicker", **({"initial_date_time": at} if at else {})}
        case "time":
            known = {"initial_time": value} if value else {}
            return {"type": "timepicker", "placeholder": _placeholder(field.label), **known}
        case "search":
            return _search(field)
    return _text(field)


def _search(field: Field) -> Json:
    """A menu whose options are looked up while one types."""
    chosen = [kit.option(option.label, option.key) for option in field.options[:1]]
    return {
        "type": "external_select",
        "action_id": make_id(SEARCH, field.search),
        "min_query_length": 1,
        "placeholder": _placeholder(field.label),
        **({"initial_option": chosen[0]} if chosen else {}),
    }


def _placeholder(words: str) -> Json:
    return kit.plain(shortened(words, kit.PLACEHOLDER), kit.PLACEHOLDER)


def _input(name: str, label: str, element: Json, required: bool, hint: str = "") -> Json:
    made: Json = {
        "type": "input",
        "block_id": name,
        "label": kit.plain(label, LABEL),
        "element": {"action_id": name, **element},
        "optional": not required,
    }
    return {**made, "hint": kit.plain(hint, LABEL)} if hint else made


def _one(field: Field) -> Json:
    """Radio buttons for a few options, a menu for more."""
    if len(field.options) <= kit.BOXES:
        return {"type": "radio_buttons", **_choices(field, field.value[:1], single=True)}
    return {
        "type": "static_select",
        "placeholder": _placeholder(field.label),
        **_choices(field, field.value[:1], single=True),
    }


def _several(field: Field) -> Json:
    """Checkboxes where they will do: they know no maximum, a menu does."""
    chosen = field.value[: field.maximum] if field.maximum else field.value
    choices = _choices(field, chosen, single=False)
    limited = field.maximum is not None and field.maximum < len(field.options)
    if len(field.options) <= kit.BOXES and not limited and field.kind is not Kind.RANK:
        return {"type": "checkboxes", **choices}
    menu = {"type": "multi_static_select", "placeholder": _placeholder(field.label), **choices}
    return {**menu, "max_selected_items": field.maximum} if field.maximum else menu


def _choices(
    field: Field, chosen: Sequence[str], *, single: bool, options: Sequence[Option] | None = None
) -> Json:
    """The field's options (in groups when there are too many; or the ``options`` given) and those
    that are chosen already."""
    told = dict(field.details)
    made = {
        o.key: _described(kit.option(o.label, o.key), told.get(o.key, ""))
        for o in (field.options if options is None else options)
    }
    rows = list(made.values())
    element: Json = {"options": rows}
    if len(rows) > kit.SELECT:
        groups = [rows[i : i + kit.SELECT] for i in range(0, len(rows), kit.SELECT)]
        element = {"option_groups": [{"label": _span(g), "options": g} for g in groups]}
    initial = [made[key] for key in chosen if key in made]
    if initial and single:
        element["initial_option"] = initial[0]
    elif initial:
        element["initial_options"] = initial
    return element


def _described(option: Json, detail: str) -> Json:
    """An option with what it means below it."""
    if not detail:
        return option
    return {**option, "description": kit.plain(shortened(detail, SLACK_LABEL))}


def _span(group: Sequence[Json]) -> Json:
    first, last = group[0]["text"]["text"], group[-1]["text"]["text"]
    return kit.plain(f"{first[:30]} – {last[:30]}")


def _text(field: Field) -> Json:
    longest = min(field.max_length or INPUT_TEXT, INPUT_TEXT)
    element: Json = {
        "type": "plain_text_input",
        "max_length": longest,
        "multiline": longest > SHORT,
        "placeholder": _placeholder(field.placeholder or field.label),
    }
    value = field.value[0][:longest] if field.value else ""
    return {**element, "initial_value": value} if value else element


def _rating(field: Field) -> list[Json]:
    given = dict(value.partition("~")[::2] for value in field.value)
    rows = [kit.section("\n".join(filter(None, (field.label, field.hint))))]
    for option in field.options:
        chosen = [given[option.key]] if option.key in given else []
        menu = {
            "type": "static_select",
            "placeholder": _placeholder(option.label),
            **_choices(field, chosen, single=True, options=field.levels),
        }
        name = f"{field.key}~{option.key}"
        rows.append(_input(name, option.label, menu, field.required))
    return rows


def _places(field: Field, maximum: int) -> list[Json]:
    """A menu for each place of a ranking; the first ones are needed when the field is."""
    needed = max(field.minimum, 1) if field.required else 0
    rows = []
    for place in range(1, maximum + 1):
        chosen = field.value[place - 1 : place]
        menu = {
            "type": "static_select",
            "placeholder": _placeholder(field.label),
            **_choices(field, chosen, single=True),
        }
        label = f"{field.label} ({place}.)"
        hint = field.hint if place == 1 else ""
        rows.append(_input(f"{field.key}#{place}", label, menu, place <= needed, hint))
    return rows


def submitted(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, tuple[str, ...]]:
    """``view.state.values`` as field -> chosen keys; fields left empty have none."""
    found: dict[str, list[tuple[int, str]]] = {}
    for block_id, elements in values.items():
        name = _NAME.fullmatch(block_id)
        if name is None:
            continue
        chosen = found.setdefault(name["field"], [])
        for element in elements.values():
            for key in _keys(element):
                value = f"{name['option']}~{key}" if name["option"] else key
                chosen.append((int(name["place"] or 0), value))
    # Places in order, whatever the order of the JSON.
    return {
        field: tuple(key for _, key in sorted(chosen, key=lambda c: c[0]))
        for field, chosen in found.items()
    }


def errors_at(wrong: Mapping[str, str], block_ids: Sequence[str]) -> dict[str, str]:
    """What is wrong, field -> words, at the first input of each field, as Slack is to be told: the
    window stays then with all that was filled in.

    https://docs.slack.dev/surfaces/modals#displaying_errors
    """
    first: dict[str, str] = {}
    for block_id in block_ids:
        name = _NAME.fullmatch(block_id)
        if name is not None:
            first.setdefault(name["field"], block_id)
    return {first[field]: fit(words, ERROR) for field, words in wrong.items() if field in first}


def _keys(element: Mapping[str, Any]) -> list[str]:
    for name in _TYPED:
        if element.get(name):
            return [str(element[name])]
    if "selected_options" in element:
        return [str(o["value"]) for o in element["selected_options"] or []]
    one = element.get("selected_option")
    return [str(one["value"])] if one else []
