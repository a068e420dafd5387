"""Finds what is wrong with a Liquid source, and where, before it is ever rendered."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from liquid import BoundTemplate, Expression, Node, RenderContext
from liquid.builtin.expressions.primitive import IntegerLiteral, RangeLiteral
from liquid.exceptions import LiquidError

from messaging.liquid_environment import BODY_LIQUID, MAX_RANGE

_MARKUP_END = re.compile(r"[%}]\}")
_NEVER_CLOSED = re.compile(r"expected tag (end\w+), found end of expression")
_END_MISSING = re.compile(r"expected '(..)', found end of file")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong at an offset of the source, in words that follow "line 1, column 2: "."""

    offset: int
    reason: str


def check(source: str, *, variables: Collection[str]) -> tuple[BoundTemplate | None, list[Fault], frozenset[str]]:
    """The parsed template (None after a syntax error), its faults, and the names of variables that it uses."""
    try:
        liquid = BODY_LIQUID.from_string(source)
    except LiquidError as error:
        return None, [_syntax_fault(error, source)], frozenset()
    analysis = liquid.analyze()
    faults = [
        Fault(span.index, f'there is no filter "{name}"{_nearest(name, BODY_LIQUID.filters)}')
        for name, spans in analysis.filters.items()
        if name not in BODY_LIQUID.filters
        for span in spans
    ]
    for name, uses in analysis.globals.items():
        faults += [
            Fault(use.span.index, _unknown(str(use), name, variables))
            for use in uses
            if ".".join(map(str, use.segments)) not in variables
        ]
    faults += _range_faults(liquid)
    return liquid, faults, frozenset(analysis.globals)


def fault_of(error: Exception) -> Fault:
    """What went wrong while rendering, at Liquid's own place for it."""
    if isinstance(error, LiquidError):
        offset = error.token.start_index if error.token else 0
        return Fault(max(offset, 0), _in_words(error))
    return Fault(0, f"cannot be rendered with these values ({type(error).__name__})")


def _unknown(use: str, name: str, variables: Collection[str]) -> str:
    if name in variables:
        return f'"{use}" looks inside "{name}", which is plain text; use {{{{ {name} }}}}'
    last_part = use.rpartition(".")[2]  # "contact.first_name" means first_name
    known = _nearest(use, variables) or _nearest(last_part, variables)
    known = known or f"; known are {', '.join(sorted(variables)) or 'none'}"
    return f'there is no variable "{use}"{known}'


def _nearest(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""


def _in_words(error: LiquidError) -> str:
    message = str(error.message)
    if never_closed := _NEVER_CLOSED.fullmatch(message):
        return f"this block is never closed with {{% {never_closed[1]} %}}"
    if end_missing := _END_MISSING.fullmatch(message):
        return f"this is never closed with {end_missing[1]}"
    return message.replace(", found end of expression", ", found nothing").rstrip(".")


def _syntax_fault(error: LiquidError, source: str) -> Fault:
    token = error.token
    known = token is not None and token.start_index >= 0
    offset = token.start_index if token is not None and known else _faulty_markup(error, source)
    return Fault(offset, _in_words(error))


def _faulty_markup(error: LiquidError, source: str) -> int:
    """Where an error without a place arose: the first markup from which on every prefix fails in this way.

    Liquid stops at the first error, so prefixes beyond the faulty markup fail as the whole does; a block that
    is closed later fails as a prefix too, but not in every longer one.
    """
    start = 0
    for end in reversed([match.end() for match in _MARKUP_END.finditer(source)]):
        if _syntax_error(source[:end]) != str(error.message):
            break
        start = max(source.rfind("{{", 0, end), source.rfind("{%", 0, end), 0)
    return start


def _syntax_error(source: str) -> str | None:
    try:
        BODY_LIQUID.from_string(source)
    except LiquidError as error:
        return str(error.message)
    return None


def _range_faults(liquid: BoundTemplate) -> Iterator[Fault]:
    for expression in _expressions(liquid.nodes, RenderContext(liquid)):
        if isinstance(expression, RangeLiteral) and not _is_short(expression):
            yield Fault(expression.token.start_index, f"a range needs two plain numbers at most {MAX_RANGE} apart")


def _is_short(literal: RangeLiteral) -> bool:
    start, stop = literal.start, literal.stop
    if not (isinstance(start, IntegerLiteral) and isinstance(stop, IntegerLiteral)):
        return False
    return stop.value - start.value <= MAX_RANGE


def _expressions(nodes: Iterable[Node], context: RenderContext) -> Iterator[Expression]:
    for node in nodes:
        for expression in node.expressions():
            yield from _inside(expression)
        yield from _expressions(node.children(context, include_partials=False), context)


def _inside(expression: Expression) -> Iterator[Expression]:
    yield expression
    for child in expression.children():
        yield from _inside(child)
