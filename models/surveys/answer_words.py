"""Words that answer a survey's question, as its file may hold them; every function raises `DefinitionError`."""

from ruamel.yaml.nodes import Node

from messaging.keywords import plain, recognise
from models.yaml_source import YamlSource
from models.yaml_values import is_number


def word_of(source: YamlSource, node: Node) -> str:
    """A word as answers are compared with it; those that stop, restart or ask for help are never an answer."""
    written = source.text_of(node, "a word") if not is_number(node) else str(node.value)
    return free_word(source, node, written)


def free_word(source: YamlSource, node: Node, written: str) -> str:
    """The same for a text that was read already; a mistake is shown at the node."""
    word = plain(written)
    if not word:
        raise source.refuse(node, f'"{written}" has no letter or digit by which it could be known')
    keyword = recognise(word, asked=True)
    if keyword is not None:
        raise source.refuse(
            node, f'"{written}" always means {keyword.value.upper()} and can be no answer; use another word'
        )
    return word
