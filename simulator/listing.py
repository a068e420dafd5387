"""The list of messages: filters and pages, as `GET …/Messages.json` answers them."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from simulator.dates import bounds
from simulator.errors import TwilioError
from simulator.messages import API_VERSION, Message
from simulator.numbers import canonical
from simulator.store import MessageStore

_FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")
_TOKEN_PREFIX = "PA"  # noqa: S105 - a page token is no secret; Twilio's begin like this


@dataclass(frozen=True, slots=True)
class Query:
    """One request for a page, checked; times are seconds since 1970, both ends included."""

    filters: dict[str, str]
    sender: str | None
    to: str | None
    sent_from: float | None
    sent_until: float | None
    page: int
    page_size: int
    token: str | None


def read_query(given: Mapping[str, str]) -> Query:
    """The query of a list request. Raises `TwilioError` 20001 for a value that cannot be read."""
    filters = {name: given[name] for name in _FILTERS if given.get(name)}
    earliest, latest = _sent_range(filters)
    return Query(
        filters=filters,
        sender=canonical(filters["From"]) if "From" in filters else None,
        to=canonical(filters["To"]) if "To" in filters else None,
        sent_from=earliest,
        sent_until=latest,
        page=_whole(given.get("Page", "0")),
        page_size=min(max(_whole(given.get("PageSize", "50")), 1), 1000),
        token=given.get("PageToken"),
    )


def page_of(store: MessageStore, query: Query, *, account_sid: str) -> dict[str, object]:
    """The page's JSON, newest message first, with `next_page_uri` null on the last page."""
    own = (message for message in store.newest_first(to=query.to) if message.account_sid == account_sid)
    found = filter(functools.partial(_fits, query=query), own)
    messages = list(islice(_from_start(found, store, query), query.page_size + 1))
    more, messages = len(messages) > query.page_size, messages[: query.page_size]
    start = query.page * query.page_size
    base = f"/{API_VERSION}/Accounts/{account_sid}/Messages.json"
    return {
        "first_page_uri": _uri(base, query, 0),
        "end": start + max(len(messages) - 1, 0),
        "previous_page_uri": _uri(base, query, query.page - 1) if query.page else None,
        "messages": [message.resource() for message in messages],
        "uri": _uri(base, query, query.page, token=query.token),
        "page_size": query.page_size,
        "start": start,
        "next_page_uri": _uri(base, query, query.page + 1, token=_TOKEN_PREFIX + messages[-1].sid)
        if more
        else None,
        "page": query.page,
    }


def _from_start(found: Iterator[Message], store: MessageStore, query: Query) -> Iterator[Message]:
    """Skips what earlier pages showed: by token, so that new messages do not shift pages; else by count."""
    if query.token is None:
        return islice(found, query.page * query.page_size, None)
    place = store.get(query.token.removeprefix(_TOKEN_PREFIX)).place
    return (message for message in found if message.place < place)


def _fits(message: Message, *, query: Query) -> bool:
    if query.sender is not None and message.sender != query.sender:
        return False
    if query.sent_from is None and query.sent_until is None:
        return True
    if message.sent_at is None:
        return False
    second = int(message.sent_at)
    return (query.sent_from or 0) <= second <= (query.sent_until or second)


def _sent_range(filters: Mapping[str, str]) -> tuple[float | None, float | None]:
    try:
        if "DateSent" in filters:
            return bounds(filters["DateSent"])
        earliest = bounds(filters["DateSent>"])[0] if "DateSent>" in filters else None
        latest = bounds(filters["DateSent<"])[1] if "DateSent<" in filters else None
    except ValueError:
        raise TwilioError(20001, "DateSent") from None
    return earliest, latest


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise TwilioError(20001, text)
    return int(text)


def _uri(base: str, query: Query, page: int, *, token: str | None = None) -> str:
    params = {**query.filters, "PageSize": str(query.page_size), "Page": str(page)}
    if token is not None:
        params["PageToken"] = token
    return f"{base}?{urlencode(params)}"
