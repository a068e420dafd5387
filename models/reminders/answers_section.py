"""The section `answers` of the reminder rules: what people may answer, in which words, and what is said to it.

answers:
  cancel: true                 # X cancels: true, false (if not given), or only for some kinds: [cleaning, checkup]
  cancel_hours: 24             # and only as long before the start; 0 if not given
  words:                       # whole texts, besides those of messaging/data/appointment_words.csv
    confirm: [passt, ok]
    reschedule: [geht nicht]
    cancel: [komme nicht]
  language: de                 # of the usual texts, for people whose language nobody knows; en if not given
  texts:                       # instead of the usual ones in messaging/data/appointment_sentences.csv
    confirmed: 'Thank you, {{ first_name }}. We see you at {{ appointment.time }}.'
    which: "Which one? {{ choices }}"
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from ruamel.yaml.nodes import Node, SequenceNode

from messaging.reminders.answer_rules import Answers
from messaging.reminders.answer_sentences import CHOICES, LANGUAGES, Sentence
from messaging.reminders.answers import LONGEST, Answer, AnswerWords, means_stop, word_key
from models.yaml_bodies import Bodies
from models.yaml_source import YamlSource, suggestion
from models.yaml_values import number_of, true_of

_MOST = 100
_LONGEST_HOURS = 720


def parse_answers(source: YamlSource, node: Node, bodies: Bodies) -> Answers:
    """Reads the section; what it does not say keeps its default, its texts go to `bodies` to be checked.

    Raises `DefinitionError`.
    """
    given = source.entries(node, of="answers", known=("cancel", "cancel_hours", "words", "language", "texts"))
    said = {name: read(source, given[key]) for key, (name, read) in _READERS.items() if key in given}
    texts = _texts(source, given["texts"], bodies) if "texts" in given else {}
    return Answers(**said, texts=texts)


def _cancel(source: YamlSource, node: Node) -> bool | frozenset[str]:
    if not isinstance(node, SequenceNode):
        return true_of(source, node, "cancel")
    return frozenset(source.text_of(item, "a kind").strip().casefold() for item in source.items_of(node, "cancel"))


def _notice(source: YamlSource, node: Node) -> timedelta:
    hours = number_of(source, node, "cancel_hours")
    if not 0 <= hours <= _LONGEST_HOURS:
        raise source.refuse(node, f"cancel_hours must be from 0 to {_LONGEST_HOURS}, not {hours:g}")
    return timedelta(hours=hours)


def _words(source: YamlSource, node: Node) -> AnswerWords:
    own: dict[str, Answer] = {}
    for name, items in source.entries(node, of="words", known=tuple(Answer)).items():
        for item in source.items_of(items, name):
            word = _word(source, item)
            if own.setdefault(word, Answer(name)) is not Answer(name):
                raise source.refuse(item, f'"{word}" already means {own[word]}; keep one')
    if len(own) > _MOST:
        raise source.refuse(node, f"there are more than {_MOST} words")
    return AnswerWords(own)


def _word(source: YamlSource, item: Node) -> str:
    written = source.text_of(item, "a word")
    word = word_key(written)
    if not word or len(written) > LONGEST:
        raise source.refuse(item, f"a word has 1 to {LONGEST} characters, with a letter or digit among them")
    if means_stop(written):
        raise source.refuse(item, f'"{written}" always means something else and can be no answer')
    return word


def _language(source: YamlSource, node: Node) -> str:
    language = source.text_of(node, "language").strip().lower()
    if language not in LANGUAGES:
        raise source.refuse(node, f'there are no texts in "{language}"{suggestion(language, sorted(LANGUAGES))}')
    return language


def _texts(source: YamlSource, node: Node, bodies: Bodies) -> Mapping[Sentence, str]:
    given = source.entries(node, of="texts", known=tuple(Sentence))
    return {Sentence(name): _text(source, text, Sentence(name), bodies) for name, text in given.items()}


def _text(source: YamlSource, node: Node, sentence: Sentence, bodies: Bodies) -> str:
    body = bodies.text(node, sentence.value, (CHOICES,) if sentence.asks else ())
    if sentence.asks and CHOICES not in body:
        raise source.refuse(node, f"{sentence} must say {{{{ {CHOICES} }}}}, the appointments with their numbers")
    return body


_READERS: Mapping[str, tuple[str, Callable[[YamlSource, Node], Any]]] = {
    "cancel": ("cancel", _cancel),
    "cancel_hours": ("cancel_notice", _notice),
    "words": ("words", _words),
    "language": ("language", _language),
}
