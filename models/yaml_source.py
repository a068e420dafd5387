"""A YAML text read with the place of everything in it, so that a mistake is shown where it was made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from messaging.errors import TidingsError

MAX_LENGTH = 100_000
"""Characters of a file; more than any definition needs, less than what a parser could choke on."""

_KINDS = {
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "null": "empty",
    "timestamp": "a date",
    "seq": "a list",
    "map": "a group of keys",
}


class DefinitionError(TidingsError):
    """A file cannot be used; `line` and `column` count from 1."""

    def __init__(self, sentence: str, *, line: int, column: int) -> None:
        super().__init__(sentence)
        self.line = line
        self.column = column


class UnreadableFile(TidingsError):
    """The file is missing, may not be read, or is not text."""


@dataclass(frozen=True, slots=True)
class YamlSource:
    """The text of a file; `where` is its name in messages. Every method raises `DefinitionError`."""

    where: str
    text: str

    def refuse_at(self, index: int, reason: str) -> DefinitionError:
        """The error for what stands at this offset of the text."""
        line = self.text.count("\n", 0, index) + 1
        column = index - self.text.rfind("\n", 0, index)
        stop = "" if reason.endswith("?") else "."
        sentence = f"{self.where}, line {line}, column {column}: {reason}{stop}"
        return DefinitionError(sentence, line=line, column=column)

    def refuse(self, node: Node, reason: str) -> DefinitionError:
        """The error for a node, at its beginning."""
        return self.refuse_at(node.start_mark.index, reason)

    def root(self) -> Node:
        """The one document of the text."""
        if len(self.text) > MAX_LENGTH:
            raise self.refuse_at(
                MAX_LENGTH, f"the file goes on after {MAX_LENGTH:,} characters; is it the right file?"
            )
        try:
            node: Node | None = YAML(typ="safe", pure=True).compose(self.text)
        except MarkedYAMLError as error:
            raise self._unreadable(error) from None
        except ReaderError as error:
            raise self.refuse_at(error.position, "this character may not stand in YAML") from None
        except RecursionError:
            raise self.refuse_at(0, "lists are nested too deeply") from None
        if node is None:
            raise self.refuse_at(0, "the file is empty")
        return node

    def entries(self, node: Node, *, of: str, known: Collection[str]) -> dict[str, Node]:
        """The values of a mapping by their keys; a key that is unknown, repeated or without a value is refused."""
        if not isinstance(node, MappingNode):
            raise self.refuse(node, f"{of} must be keys with values ({', '.join(known)}), not {kind_of(node)}")
        for key, _ in node.value:
            name = _name_of(key)
            if name not in known:
                raise self.refuse(key, f'there is no key "{name}"{suggestion(name, known)}')
        return {name: value for name, (_, value) in self.pairs_of(node, of).items()}

    def pairs_of(self, node: Node, name: str) -> dict[str, tuple[Node, Node]]:
        """The keys and values of a mapping whose keys the file chooses, by the keys' texts."""
        if not isinstance(node, MappingNode):
            raise self.refuse(node, f"{name} must be keys with values, not {kind_of(node)}")
        found: dict[str, tuple[Node, Node]] = {}
        for key, value in node.value:
            written = _name_of(key)
            if written in found:
                raise self.refuse(key, f'"{written}" is written twice; keep one')
            if value.start_mark.index == value.end_mark.index:
                raise self.refuse(key, f'"{written}" has no value; write one, or remove it')
            found[written] = (key, value)
        return found

    def text_of(self, node: Node, name: str, *, advice: str = "put it in quotes") -> str:
        """A text that is not blank and that a database can keep."""
        if not isinstance(node, ScalarNode) or not str(node.tag).endswith(":str"):
            raise self.refuse(node, f"{name} must be a text, not {kind_of(node)}; {advice}")
        value = str(node.value)
        if not value.strip():
            raise self.refuse(node, f"{name} is empty")
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise self.refuse(node, f"{name} holds a character that no message can carry")
        return value

    def items_of(self, node: Node, name: str) -> list[Node]:
        """The items of a list that has some."""
        if not isinstance(node, SequenceNode):
            raise self.refuse(node, f"{name} must be a list like [one, two], not {kind_of(node)}")
        if not node.value:
            raise self.refuse(node, f"{name} is an empty list, which nobody fits; name one, or remove {name}")
        return list(node.value)

    def _unreadable(self, error: MarkedYAMLError) -> DefinitionError:
        mark: StringMark | None = error.problem_mark or error.context_mark
        problem = _IN_WORDS.get(str(error.problem), str(error.problem))
        context = f" {error.context}" if error.context and error.problem not in _IN_WORDS else ""
        return self.refuse_at(mark.index if mark else 0, f"this is not YAML: {problem}{context}")


_IN_WORDS: Mapping[str, str] = {
    "mapping values are not allowed here": 'a second ": " in one value; put the value in quotes',
    "found unexpected end of stream": "a quote is opened here or before and never closed",
    "but found another document": "a second document begins here; keep one in this file",
}


def _name_of(key: Node) -> str:
    return str(key.value) if isinstance(key, ScalarNode) else "?"


def kind_of(node: Node) -> str:
    """What a person would call this node: "a list", "a number"."""
    return _KINDS.get(str(node.tag).rpartition(":")[2], "a text")


def suggestion(name: str, known: Collection[str]) -> str:
    """The rest of a sentence that refused a name: the nearest known one, or all of them."""
    close = get_close_matches(name.lower(), known, n=1)
    return f'; did you mean "{close[0]}"?' if close else f"; known are {', '.join(known)}"


def read_text(file: Path) -> str:
    """The text of a file in UTF-8. Raises `UnreadableFile`."""
    try:
        with file.open("rb") as opened:
            return opened.read(4 * MAX_LENGTH + 1).decode("utf-8")
    except OSError as error:
        raise UnreadableFile(f"{file} cannot be read: {(error.strerror or 'error').lower()}.") from None
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{file} is not text in UTF-8 (byte {error.start}); save it as UTF-8.") from None
