"""What the keys of a file of reply rules may hold; every function raises `DefinitionError`."""

import math
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from ruamel.yaml.nodes import Node, ScalarNode

from messaging.keywords import plain, recognise
from messaging.media_urls import MediaRefused, check_media
from messaging.templates import CONTACT_FIELDS
from models.yaml_source import YamlSource, kind_of, suggestion

CHANNELS = ("sms", "whatsapp")
MOST_TEXTS = 3
"""Texts in one answer; five answers a minute are the most that a number gets."""

_FLOW = re.compile(r"FW[0-9a-f]{32}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def word_of(source: YamlSource, node: Node) -> str:
    """A keyword as it is compared; those by which people stop, start or ask for help belong to nobody's rules."""
    written = source.text_of(node, "a word")
    word = plain(written)
    if not word:
        raise source.refuse(node, f'"{written}" has no letter or digit by which it could be known')
    taken = recognise(word)
    if taken is not None:
        advice = f'; its text can be set by "{taken.value}:"'
        raise source.refuse(node, f'"{written}" always means {taken.value.upper()} and may not be a rule{advice}')
    return word


def channels_of(source: YamlSource, node: Node) -> frozenset[str]:
    """A list of channels, or "none"."""
    if isinstance(node, ScalarNode) and node.value == "none":
        return frozenset()
    found = set()
    for item in source.items_of(node, "answers"):
        name = source.text_of(item, "a channel")
        if name not in CHANNELS:
            raise source.refuse(item, f'there is no channel "{name}"{suggestion(name, CHANNELS)}')
        found.add(name)
    return frozenset(found)


def hours_of(source: YamlSource, node: Node) -> float:
    """A number of hours above 0."""
    advice = "hours must be a number above 0"
    if not isinstance(node, ScalarNode) or not str(node.tag).endswith((":int", ":float")):
        raise source.refuse(node, f"{advice}, not {kind_of(node)}")
    hours = float(node.value)
    if not (math.isfinite(hours) and hours > 0):
        raise source.refuse(node, f"{advice}, not {node.value}")
    return hours


def media_of(source: YamlSource, node: Node) -> tuple[str, ...]:
    """The address of the one medium that goes with an answer: WhatsApp takes no more."""
    url = source.text_of(node, "media").strip()
    try:
        check_media([url], channel="whatsapp")
    except MediaRefused as error:
        raise source.refuse(node, str(error).rstrip(".")) from None
    return (url,)


def address_of(source: YamlSource, node: Node, name: str) -> str:
    """An http(s) address; http only on this machine."""
    url = source.text_of(node, name).strip()
    parts = urlsplit(url.partition("{")[0])
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")):
        raise source.refuse(node, f"{name} must be an https address")
    if not parts.hostname or "{" in parts.netloc or parts.username is not None:
        raise source.refuse(node, f"{name} must name its host, without variables or a password")
    return url


def flow_of(source: YamlSource, node: Node) -> str:
    """The SID of a flow of Twilio Studio."""
    sid = source.text_of(node, "studio").strip()
    if not _FLOW.fullmatch(sid):
        raise source.refuse(node, "studio must be a flow's SID: FW and 32 hexadecimal digits")
    return sid


def values_of_lookup(source: YamlSource, node: Node) -> Mapping[str, str]:
    """Variable names with the places where their values stand in the answer."""
    found: dict[str, str] = {}
    for name, (key, value) in source.pairs_of(node, "values").items():
        if not _NAME.fullmatch(name) or name in CONTACT_FIELDS:
            raise source.refuse(
                key, f'"{name}" cannot be a variable: use letters, and no name of a contact\'s field'
            )
        found[name] = source.text_of(value, "a place in the answer").strip()
    return found
