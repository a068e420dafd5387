"""What the keys of a campaign file may hold."""

import math
from datetime import UTC, datetime

import phonenumbers
from ruamel.yaml.nodes import Node, ScalarNode

from messaging.consent.topics import LONGEST_TOPIC, plain_topic
from models.campaigns.tables import Priority
from models.imports.countries import region_of
from models.senders import MessageType
from models.yaml_source import YamlSource, kind_of, suggestion


def kind_value(source: YamlSource, node: Node) -> MessageType:
    """Marketing or transactional. Raises `DefinitionError`, as all here."""
    name = source.text_of(node, "kind")
    if name not in set(MessageType):
        raise source.refuse(node, f'there is no kind "{name}"{suggestion(name, list(MessageType))}')
    return MessageType(name)


def topic_of(source: YamlSource, node: Node) -> str:
    """What the campaign is about, in small letters."""
    topic = plain_topic(source.text_of(node, "topic"))
    if len(topic) > LONGEST_TOPIC:
        raise source.refuse(node, f"topic has more than {LONGEST_TOPIC} characters; use a word or two")
    return topic


def audience_of(source: YamlSource, node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tags and countries; none where the key is absent."""
    found = source.entries(node, of="audience", known=("tags", "countries"))
    tags = source.items_of(found["tags"], "tags") if "tags" in found else []
    countries = source.items_of(found["countries"], "countries") if "countries" in found else []
    return (
        tuple(dict.fromkeys(source.text_of(tag, "a tag").strip() for tag in tags)),
        tuple(dict.fromkeys(_country_of(source, country) for country in countries)),
    )


def _country_of(source: YamlSource, node: Node) -> str:
    written = source.text_of(node, "a country").strip()
    code = written.upper()
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code
    meant = region_of(written)
    advice = f'did you mean "{meant}"?' if meant else "use two letters of ISO 3166, like US or GB"
    raise source.refuse(node, f'there is no country "{written}"; {advice}')


def rate_of(source: YamlSource, node: Node) -> float:
    """SMS segments a second: a number above 0."""
    advice = "rate must be a number of segments a second above 0"
    if not isinstance(node, ScalarNode) or not str(node.tag).endswith((":int", ":float")):
        raise source.refuse(node, f"{advice}, not {kind_of(node)}")
    try:
        rate = float(node.value)
    except ValueError:
        raise source.refuse(node, f"{advice}, not {node.value}") from None
    if not (math.isfinite(rate) and rate > 0):
        raise source.refuse(node, f"{advice}, not {node.value}")
    return rate


def priority_of(source: YamlSource, node: Node) -> Priority:
    """Normal or urgent."""
    name = source.text_of(node, "priority")
    if name not in set(Priority):
        raise source.refuse(node, f'there is no priority "{name}"{suggestion(name, list(Priority))}')
    return Priority(name)


def moment_of(source: YamlSource, node: Node, name: str) -> datetime:
    """An ISO 8601 date and time with its zone, given in UTC."""
    like = "write it like 2026-11-27T09:00:00-05:00"
    if not isinstance(node, ScalarNode):
        raise source.refuse(node, f"{name} must be a date and time, not {kind_of(node)}; {like}")
    try:
        moment = datetime.fromisoformat(node.value)
        zoned = moment.tzinfo is not None
        moment = moment.astimezone(UTC) if zoned else moment
    except (ValueError, OverflowError):
        raise source.refuse(node, f'{name} "{node.value}" is not a date and time; {like}') from None
    if not zoned:
        example = f"{moment.isoformat()}-05:00"
        raise source.refuse(node, f"{name} has no time zone; add one, like {example} (or Z for UTC)")
    return moment


def end_of(source: YamlSource, node: Node, *, send_at: datetime | None) -> datetime:
    """When sending ends: a moment as `moment_of` reads it, later than `send_at`."""
    end = moment_of(source, node, "send_before")
    if send_at is not None and end <= send_at:
        raise source.refuse(node, "send_before must be later than send_at; at that time nothing leaves any more")
    return end
