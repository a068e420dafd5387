"""What a message body may use of Liquid: tags and filters that make text, within limits.

Nothing here reads a file, loads another template, writes HTML or runs for long. Names that are not listed are
refused when a template is compiled.
"""

from io import StringIO
from typing import ClassVar

from liquid import Environment
from liquid.output import LimitedStringIO

MAX_RANGE = 1_000
"""Longest `(1..n)`; its ends must be plain numbers, so that no contact's data decides how long a loop runs."""


def _names(*lines: str) -> frozenset[str]:
    return frozenset(name for line in lines for name in line.split())


_TAGS = _names(
    "assign break capture case comment continue cycle echo for if unless #",
    "content output illegal",  # Liquid's own names for text, {{ … }} and unknown tags
)
_FILTERS = _names(
    "append capitalize default downcase lstrip prepend remove remove_first remove_last replace replace_first",
    "replace_last rstrip slice squish strip strip_newlines truncate truncatewords upcase url_encode",
    "split first last size date",
    "abs at_least at_most ceil divided_by floor minus modulo plus round times",
)


class BodyEnvironment(Environment):
    """Liquid for message bodies: strict, plain text, limited in loops, memory and output."""

    loop_iteration_limit: ClassVar[int | None] = MAX_RANGE
    local_namespace_limit: ClassVar[int | None] = 100_000
    output_stream_limit: ClassVar[int | None] = 20_000

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Registers Liquid's built-in tags and filters, then keeps only those that make text."""
        super().setup_tags_and_filters(extra=extra)
        self.tags = {name: tag for name, tag in self.tags.items() if name in _TAGS}
        self.filters = {name: filter_ for name, filter_ in self.filters.items() if name in _FILTERS}


def output_buffer() -> StringIO:
    """A buffer that refuses more than the output limit and keeps "\\r\\n" as written (Twilio counts both)."""
    return LimitedStringIO(limit=BodyEnvironment.output_stream_limit or 0, newline="")


BODY_LIQUID = BodyEnvironment()
