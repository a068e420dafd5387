"""A survey: its steps, each with one question, and what is said around them. Texts are Liquid."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import TypeAdapter

END = "end"
"""The `next` of a step after which the survey is finished."""

DEFAULT_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class Number:
    """A number between two bounds, both included; `whole` refuses fractions."""

    least: float | None = None
    most: float | None = None
    whole: bool = True
    kind: Literal["number"] = "number"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice: `label` is what is kept, `words` are what people may write, as `plain` texts."""

    label: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several options, by its label, one of its words, or its place in the list, counted from 1."""

    options: tuple[Option, ...]
    kind: Literal["choice"] = "choice"


@dataclass(frozen=True, slots=True)
class FreeText:
    """Any text of at most so many characters."""

    longest: int = 500
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class YesNo:
    """Yes or no, in the languages that `messaging.yes_no` knows."""

    kind: Literal["yes_no"] = "yes_no"


Question = Number | Choice | FreeText | YesNo


@dataclass(frozen=True, slots=True)
class Step:
    """One question. `next` names the step after each answer ("yes", a label); `otherwise` that after all others.

    Without either the next step in the list follows. An `optional` one may be left out by a skip word.
    """

    key: str
    text: str
    question: Question
    invalid: str
    optional: bool = False
    next: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """`hours` are how long one answer is waited for; `tries` how many answers one question may be given.

    `reminder` is said once after `remind_hours` without an answer; `tag` is set on who reaches the end.
    """

    name: str
    steps: tuple[Step, ...]
    closing: str
    intro: str | None = None
    skip: tuple[str, ...] = ("skip",)
    tries: int = 3
    gave_up: str = "Thank you. We stop asking here."
    hours: float = DEFAULT_HOURS
    remind_hours: float | None = None
    reminder: str | None = None
    tag: str | None = None

    def step(self, key: str) -> Step:
        """The step with this key. Raises `KeyError`."""
        return {step.key: step for step in self.steps}[key]


SURVEY_JSON: TypeAdapter[Survey] = TypeAdapter(Survey)
"""How a survey is kept, and read again."""
