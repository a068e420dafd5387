"""What a key may be allowed to do."""

from collections.abc import Iterable
from enum import StrEnum

from messaging.errors import TidingsError


class NoSuchScope(TidingsError):
    """A scope that does not exist."""


class Scope(StrEnum):
    """One permission each; `admin` stands for all of them."""

    MESSAGES_READ = "messages:read"
    MESSAGES_SEND = "messages:send"
    CONTACTS_READ = "contacts:read"
    CONTACTS_WRITE = "contacts:write"
    CONTACTS_EXPORT = "contacts:export"
    CONSENTS_READ = "consents:read"
    CONSENTS_WRITE = "consents:write"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    APPOINTMENTS_READ = "appointments:read"
    APPOINTMENTS_WRITE = "appointments:write"
    CONVERSATIONS_READ = "conversations:read"
    CONVERSATIONS_WRITE = "conversations:write"
    EVENTS_READ = "events:read"
    EVENTS_WRITE = "events:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    METRICS_READ = "metrics:read"
    ADMIN = "admin"


def read_scopes(names: Iterable[str]) -> frozenset[Scope]:
    """The scopes of these names. Raises `NoSuchScope` for an unknown one, and for none at all."""
    scopes = set()
    for name in names:
        if name not in set(Scope):
            raise NoSuchScope(f'There is no scope "{name}"; the scopes are {", ".join(Scope)}.')
        scopes.add(Scope(name))
    if not scopes:
        raise NoSuchScope(f"A key needs at least one scope: {', '.join(Scope)}.")
    return frozenset(scopes)


def allows(scopes: Iterable[str], asked: Scope) -> bool:
    """Whether a key with these scopes may do what is asked."""
    return not {Scope.ADMIN.value, asked.value}.isdisjoint(scopes)
