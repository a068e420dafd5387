"""Where a survey's step leads, as its file may say it; every function raises `DefinitionError`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ruamel.yaml.nodes import MappingNode, Node

from messaging.keywords import plain
from messaging.surveys.answers import read_answer, words_of
from messaging.surveys.answers import written as as_text
from messaging.surveys.definition import END, Choice, FreeText, Question
from messaging.templates import CONTACT_FIELDS
from models.yaml_source import YamlSource, suggestion

QUESTION = "question"
"""What only a reminder may use: the question that waits."""

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_RESERVED = CONTACT_FIELDS | {END, QUESTION}


@dataclass(frozen=True, slots=True)
class Branches:
    """Where a step leads: by its answer, and `otherwise`."""

    each: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None


def keys_of(source: YamlSource, nodes: Sequence[Node]) -> list[str]:
    """The steps' keys: names of variables, each its own."""
    keys: list[str] = []
    for node in nodes:
        key = source.text_of(node, "key").strip()
        if not _KEY.fullmatch(key):
            raise source.refuse(node, f'the key "{key}" must be small letters, digits and _, like "visit_score"')
        if key in _RESERVED:
            raise source.refuse(node, f'"{key}" means something else in texts; choose another key')
        if key in keys:
            raise source.refuse(node, f'"{key}" is already the key of another step; choose another one')
        keys.append(key)
    return keys


def branches_of(source: YamlSource, node: Node | None, question: Question, *, later: Sequence[str]) -> Branches:
    """Where a step leads: one key for all answers, or keys by answer; only forward, so that a survey ends."""
    if node is None:
        return Branches()
    if not isinstance(node, MappingNode):
        return Branches(otherwise=_later(source, node, later))
    each = {
        _answer(source, key, written, question): _later(source, value, later)
        for written, (key, value) in source.pairs_of(node, "next").items()
    }
    return Branches(each)


def _later(source: YamlSource, node: Node, later: Sequence[str]) -> str:
    key = source.text_of(node, "next").strip()
    if key != END and key not in later:
        raise source.refuse(node, f'"{key}" is no step after this one{suggestion(key, [*later, END])}')
    return key


def _answer(source: YamlSource, node: Node, written: str, question: Question) -> str:
    """An answer as `next` knows it: a label, a number, "yes" or "no"."""
    if isinstance(question, FreeText):
        raise source.refuse(node, "a text leads to one step whatever it says; write next: KEY")
    if isinstance(question, Choice):
        known = words_of(question)
        if plain(written) not in known:
            labels = [option.label for option in question.options]
            raise source.refuse(node, f'"{written}" is no option{suggestion(written, labels)}')
        return known[plain(written)]
    value = read_answer(question, written)
    if value is None:
        raise source.refuse(node, f'"{written}" is no answer to this question')
    return as_text(value)
