"""A survey as a person writes it, in a small YAML file; every mistake is refused with its place.

name: visit
intro: 'Hi {{ first_name | default: "there" }}, three short questions about your visit.'   # optional
steps:
  - key: score
    kind: number                       # also choice, yes_no, text
    min: 0                             # optional, as is max; both are included
    max: 10
    text: 'How likely are you to come again, from 0 to 10?'
    invalid: 'A number from 0 to 10, please.'   # optional: what is said to an answer that is none
    next: {10: team}                   # optional: the step after an answer; always forward, or "end"
  - key: reason
    kind: text
    max: 300                           # characters
    optional: true                     # a word of "skip" leaves it out
    text: 'You said {{ score }}. Why? (Reply SKIP to leave this out.)'
  - key: team
    kind: choice
    options: {front desk: [reception, empfang], doctor: [ärztin, dr]}   # 1 and 2 count as well
    text: 'Whom did you like best? 1 front desk, 2 doctor'
closing: 'Thank you!'
skip: [skip, weiter]                   # optional
tries: 3                               # optional: answers that one question may be given
gave_up: 'Thank you. We stop asking here.'   # optional: what is said after the last of them
hours: 24                              # optional: how long one answer is waited for
remind_hours: 4                        # optional, with reminder: said once when no answer came
reminder: 'We would still like to know: {{ question }}'
tag: surveyed                          # optional: set on the contact at the end
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.nodes import Node

from messaging.surveys.definition import DEFAULT_HOURS, Step, Survey
from messaging.surveys.texts import default_invalid
from messaging.templates import CONTACT_FIELDS
from models.surveys.answer_words import word_of
from models.surveys.branches import QUESTION, branches_of, keys_of
from models.surveys.questions import question_of
from models.yaml_bodies import Bodies
from models.yaml_source import YamlSource
from models.yaml_values import count_of, hours_of, true_of

_KEYS = (
    *("name", "intro", "steps", "closing", "skip", "tries", "gave_up", "hours", "remind_hours", "reminder"),
    "tag",
)
_STEP_KEYS = ("key", "kind", "text", "invalid", "optional", "next", "min", "max", "whole", "options")
_TEXTS = ("closing", "gave_up")
_MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class WrittenSurvey:
    """A file that is right in itself; whether the variables of its texts exist is for `checked` to say."""

    survey: Survey
    bodies: Bodies

    def checked(self, attribute_names: Collection[str]) -> Survey:
        """The survey, its texts checked against a contact's fields, these attributes and earlier answers.

        Raises `DefinitionError` for a mistake in Liquid, an unknown variable and text that is too long in itself.
        """
        self.bodies.check(CONTACT_FIELDS | set(attribute_names))
        return self.survey


def parse(text: str, *, where: str) -> WrittenSurvey:
    """Reads the text of a survey's file; `where` is its name in messages. Raises `DefinitionError`."""
    return _Reader(YamlSource(where=where, text=text.removeprefix("\ufeff"))).read()


@dataclass(slots=True)
class _Reader:
    source: YamlSource
    bodies: Bodies = field(init=False)

    def __post_init__(self) -> None:
        self.bodies = Bodies(self.source)

    def read(self) -> WrittenSurvey:
        root = self.source.root()
        nodes = self.source.entries(root, of="a survey", known=_KEYS)
        self._require(root, nodes, "name", "steps", "closing")
        intro = self.bodies.text(nodes["intro"], "intro") if "intro" in nodes else None
        steps = self._steps(nodes["steps"])
        keys = [step.key for step in steps]
        texts: dict[str, Any] = {
            name: self.bodies.text(nodes[name], name, keys) for name in _TEXTS if name in nodes
        }
        name = self.source.text_of(nodes["name"], "name").strip()
        survey = Survey(name=name, intro=intro, steps=steps, **texts, **self._limits(nodes, keys))
        return WrittenSurvey(survey, self.bodies)

    def _require(self, node: Node, nodes: Mapping[str, Node], *names: str) -> None:
        for name in names:
            if name not in nodes:
                raise self.source.refuse(node, f'"{name}" is missing; add it')

    def _limits(self, nodes: Mapping[str, Node], keys: Collection[str]) -> dict[str, Any]:
        source = self.source
        found: dict[str, Any] = {}
        if "skip" in nodes:
            found["skip"] = tuple(word_of(source, item) for item in source.items_of(nodes["skip"], "skip"))
        if "tries" in nodes:
            found["tries"] = count_of(source, nodes["tries"], "tries", most=10)
        if "tag" in nodes:
            found["tag"] = source.text_of(nodes["tag"], "tag").strip()
        for name in ("hours", "remind_hours"):
            if name in nodes:
                found[name] = hours_of(source, nodes[name], name)
        return found | self._reminder(nodes, keys, found)

    def _reminder(
        self, nodes: Mapping[str, Node], keys: Collection[str], found: Mapping[str, Any]
    ) -> dict[str, str]:
        if ("reminder" in nodes) != ("remind_hours" in nodes):
            one, other = ("reminder", "remind_hours") if "reminder" in nodes else ("remind_hours", "reminder")
            raise self.source.refuse(nodes[one], f"{one} does nothing without {other}; add it")
        if "reminder" not in nodes:
            return {}
        if found["remind_hours"] >= found.get("hours", DEFAULT_HOURS):
            raise self.source.refuse(nodes["remind_hours"], "remind_hours must be less than hours")
        return {"reminder": self.bodies.text(nodes["reminder"], "reminder", [*keys, QUESTION])}

    def _steps(self, node: Node) -> tuple[Step, ...]:
        items = self.source.items_of(node, "steps")
        if len(items) > _MOST_STEPS:
            raise self.source.refuse(items[_MOST_STEPS], f"a survey has at most {_MOST_STEPS} steps")
        entries = [self.source.entries(item, of="a step", known=_STEP_KEYS) for item in items]
        for item, nodes in zip(items, entries, strict=True):
            self._require(item, nodes, "key", "kind", "text")
        keys = keys_of(self.source, [nodes["key"] for nodes in entries])
        return tuple(self._step(nodes, place, keys) for place, nodes in enumerate(entries))

    def _step(self, nodes: Mapping[str, Node], place: int, keys: list[str]) -> Step:
        source, earlier = self.source, keys[:place]
        question = question_of(source, nodes)
        branches = branches_of(source, nodes.get("next"), question, later=keys[place + 1 :])
        return Step(
            key=keys[place],
            text=self.bodies.text(nodes["text"], "text", earlier),
            question=question,
            invalid=self.bodies.text(nodes["invalid"], "invalid", earlier)
            if "invalid" in nodes
            else default_invalid(question),
            optional=true_of(source, nodes["optional"], "optional") if "optional" in nodes else False,
            next=branches.each,
            otherwise=branches.otherwise,
        )
