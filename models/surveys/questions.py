"""The questions of a survey's steps, as its file may hold them; every function raises `DefinitionError`."""

from collections.abc import Callable, Mapping

from ruamel.yaml.nodes import MappingNode, Node

from messaging.surveys.definition import Choice, FreeText, Number, Option, Question, YesNo
from models.surveys.answer_words import free_word, word_of
from models.yaml_source import YamlSource, suggestion
from models.yaml_values import count_of, number_of, true_of

MOST_CHARACTERS = 1_600


def question_of(source: YamlSource, nodes: Mapping[str, Node]) -> Question:
    """The question of a step by its `kind`; keys of another kind are refused."""
    kind = source.text_of(nodes["kind"], "kind")
    if kind not in _KINDS:
        raise source.refuse(nodes["kind"], f'there is no kind "{kind}"{suggestion(kind, list(_KINDS))}')
    allowed, read = _KINDS[kind]
    for name in ("min", "max", "whole", "options"):
        if name in nodes and name not in allowed:
            raise source.refuse(nodes[name], f'a step of the kind {kind} has no "{name}"; remove it')
    return read(source, nodes)


def _number(source: YamlSource, nodes: Mapping[str, Node]) -> Number:
    least = number_of(source, nodes["min"], "min") if "min" in nodes else None
    most = number_of(source, nodes["max"], "max") if "max" in nodes else None
    if least is not None and most is not None and least > most:
        raise source.refuse(nodes["max"], "max must not be less than min")
    return Number(least, most, true_of(source, nodes["whole"], "whole") if "whole" in nodes else True)


def _choice(source: YamlSource, nodes: Mapping[str, Node]) -> Choice:
    if "options" not in nodes:
        raise source.refuse(nodes["kind"], "a choice needs options; add them, like {good: [great], bad: [poor]}")
    taken: set[str] = set()
    options = tuple(_option(source, *written, taken) for written in _written_options(source, nodes["options"]))
    if len(options) < 2:
        raise source.refuse(nodes["options"], "a choice has at least two options")
    return Choice(options)


def _written_options(source: YamlSource, node: Node) -> list[tuple[str, Node, list[Node]]]:
    """Label, its place, and the nodes of its other words; options may also be a plain list of labels."""
    if not isinstance(node, MappingNode):
        items = source.items_of(node, "options")
        return [(source.text_of(item, "an option").strip(), item, []) for item in items]
    pairs = source.pairs_of(node, "options")
    return [(label, key, source.items_of(value, "an option's words")) for label, (key, value) in pairs.items()]


def _option(source: YamlSource, label: str, node: Node, others: list[Node], taken: set[str]) -> Option:
    words = (free_word(source, node, label), *(word_of(source, other) for other in others))
    for word in dict.fromkeys(words):
        if word in taken:
            raise source.refuse(node, f'"{word}" stands for two options; keep one')
        taken.add(word)
    return Option(label, tuple(dict.fromkeys(words)))


def _text(source: YamlSource, nodes: Mapping[str, Node]) -> FreeText:
    longest = count_of(source, nodes["max"], "max", most=MOST_CHARACTERS) if "max" in nodes else FreeText().longest
    return FreeText(longest)


def _yes_no(_source: YamlSource, _nodes: Mapping[str, Node]) -> YesNo:
    return YesNo()


_KINDS: Mapping[str, tuple[tuple[str, ...], Callable[[YamlSource, Mapping[str, Node]], Question]]] = {
    "number": (("min", "max", "whole"), _number),
    "choice": (("options",), _choice),
    "yes_no": ((), _yes_no),
    "text": (("max",), _text),
}
