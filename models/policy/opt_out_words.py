"""The keywords of the section `opt_out`: texts that are a STOP to this organization, besides those of all.

opt_out:
  keywords: [no offers, bye bye]
"""

from ruamel.yaml.nodes import Node

from messaging.keywords import Keyword, plain, recognise
from models.yaml_source import YamlSource

_MOST = 100
_LONGEST = 60


def parse_keywords(source: YamlSource, node: Node) -> tuple[str, ...]:
    """Reads the list; each keyword is a whole text, compared in small letters. Raises `DefinitionError`."""
    items = source.items_of(node, "keywords")
    if len(items) > _MOST:
        raise source.refuse(node, f"there are more than {_MOST} keywords")
    return tuple(dict.fromkeys(_keyword(source, item) for item in items))


def _keyword(source: YamlSource, item: Node) -> str:
    word = plain(source.text_of(item, "a keyword"))
    if not word or len(word) > _LONGEST:
        raise source.refuse(item, f"a keyword has 1 to {_LONGEST} characters, with a letter or digit among them")
    if recognise(word) in {Keyword.START, Keyword.HELP}:
        raise source.refuse(item, f'"{word}" already means {recognise(word)}; choose another word')
    return word
