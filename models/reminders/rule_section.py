"""One reminder rule, as the file of rules may hold it; every function raises `DefinitionError`."""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from ruamel.yaml.nodes import Node

from messaging.reminders.definition import CancellationNotice, Elapsed, ReminderRule
from models.reminders.moments_written import read_clock, read_duration, read_when
from models.yaml_bodies import Bodies
from models.yaml_source import YamlSource
from models.yaml_values import true_of

_NEEDED = ("name", "when", "text")
_TRUTHS = ("only_if_unconfirmed", "schedule_at_twilio")
_CLOCKS = ("earliest", "latest")
_DURATIONS = ("minimum_notice", "useful_for")
_KEYS = (*_NEEDED, "kinds", *_TRUTHS, *_CLOCKS, *_DURATIONS, "channel", "on_cancel")
_CHANNEL = "sms"
_LONGEST_NAME = 60


def parse_rule(source: YamlSource, node: Node, bodies: Bodies) -> ReminderRule:
    """Reads one rule; its texts go to `bodies`, to be checked."""
    nodes = source.entries(node, of="a rule", known=_KEYS)
    for name in _NEEDED:
        if name not in nodes:
            raise source.refuse(node, f'"{name}" is missing; add it')
    settings: dict[str, Any] = {
        **{name: true_of(source, nodes[name], name) for name in _TRUTHS if name in nodes},
        **{name: read_duration(source, nodes[name], name) for name in _DURATIONS if name in nodes},
        **_hours(source, nodes),
    }
    rule = ReminderRule(
        name=_name(source, nodes["name"]),
        when=read_when(source, nodes["when"]),
        text=bodies.text(nodes["text"], "text"),
        kinds=_kinds(source, nodes["kinds"]) if "kinds" in nodes else frozenset(),
        on_cancel=_notice(source, nodes["on_cancel"], bodies) if "on_cancel" in nodes else None,
        **settings,
    )
    _check(source, nodes, rule)
    return rule


def _check(source: YamlSource, nodes: Mapping[str, Node], rule: ReminderRule) -> None:
    if isinstance(rule.when, Elapsed) and rule.when.before <= rule.minimum_notice:
        raise source.refuse(nodes["minimum_notice"], "minimum_notice must be less than what `when` says")
    if rule.useful_for == timedelta():
        raise source.refuse(nodes["useful_for"], "useful_for must be more than nothing")
    channel = source.text_of(nodes["channel"], "channel") if "channel" in nodes else _CHANNEL
    if channel != _CHANNEL:
        raise source.refuse(nodes["channel"], f'reminders leave by {_CHANNEL} only so far, not by "{channel}"')


def _name(source: YamlSource, node: Node) -> str:
    name = source.text_of(node, "name").strip()
    if len(name) > _LONGEST_NAME or "/" in name:
        raise source.refuse(node, f"a name has at most {_LONGEST_NAME} characters and no /")
    return name


def _kinds(source: YamlSource, node: Node) -> frozenset[str]:
    return frozenset(source.text_of(item, "a kind").strip().casefold() for item in source.items_of(node, "kinds"))


def _notice(source: YamlSource, node: Node, bodies: Bodies) -> CancellationNotice:
    nodes = source.entries(node, of="on_cancel", known=("text", "only_if_reminded"))
    if "text" not in nodes:
        raise source.refuse(node, '"text" is missing; add it')
    only = nodes.get("only_if_reminded")
    return CancellationNotice(
        bodies.text(nodes["text"], "text"), true_of(source, only, "only_if_reminded") if only else True
    )


def _hours(source: YamlSource, nodes: Mapping[str, Node]) -> dict[str, time]:
    hours = {name: read_clock(source, nodes[name], name) for name in _CLOCKS if name in nodes}
    if len(hours) == 1:
        here = next(iter(hours))
        other = next(name for name in _CLOCKS if name not in hours)
        raise source.refuse(nodes[here], f"{here} needs {other} beside it; add it")
    if hours and hours["earliest"] > hours["latest"]:
        raise source.refuse(nodes["latest"], "latest must not be before earliest")
    return hours
