"""A text as it stands in its file: a place in the text that was read, turned into a place in the file."""

from ruamel.yaml.nodes import ScalarNode


def offset_in_file(node: ScalarNode, *, file: str, body: str, offset: int) -> int:
    """Where in the file the character stands that is at `offset` of the text, the node's value less blank lines.

    YAML folds lines and removes indentation, and so only moves white space: the nth character that is not white
    space is the same in both. Where escapes make that untrue, the beginning of the value is given.
    """
    start: int = node.start_mark.index
    written = file[start : node.end_mark.index]
    begin, end, doubled = _frame(node, written)
    places = _visible(written, begin, end, doubled=doubled)
    if len(places) != len(_visible(body, 0, len(body))):
        return start
    before = len(_visible(body, 0, offset))
    return start + (places[before] if before < len(places) else end)


def _frame(node: ScalarNode, written: str) -> tuple[int, int, str]:
    """From where to where the characters of the value are written, and which of them are written twice."""
    if node.style in ("|", ">"):
        return written.find("\n") + 1, len(written), ""
    if node.style in ("'", '"'):
        return 1, len(written) - 1, "'" if node.style == "'" else ""
    return 0, len(written), ""


def _visible(text: str, begin: int, end: int, *, doubled: str = "") -> list[int]:
    places: list[int] = []
    at = begin
    while at < end:
        if not text[at].isspace():
            places.append(at)
        at += 2 if doubled and text[at] == doubled else 1
    return places
