"""The Twilio accounts that a flow run works with: opened when first needed, over one pool of connections."""

from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from messaging.twilio_account import TwilioAccount
from messaging.twilio_messages import TwilioMessages
from messaging.twilio_transport import TwilioTransport
from models.organizations import load_organization
from models.tenants.accounts import account_of

FRESH_SECONDS = 10.0
"""How old an account may be before its secrets are read again, so that a replaced one is soon seen."""


@dataclass(frozen=True, slots=True)
class _Opened:
    account: TwilioAccount
    messages: TwilioMessages
    read_at: float


class TwilioAccounts:
    """Each organization's account, for one event loop."""

    def __init__(self, engine: AsyncEngine, *, settings: Settings, transport: TwilioTransport) -> None:
        self._engine = engine
        self._settings = settings
        self._transport = transport
        self._opened: dict[UUID, _Opened] = {}

    async def messages_of(self, organization_id: UUID) -> TwilioMessages:
        """The messages of the organization's account. Raises `NoAccount`, or `SettingsError` for the default one.

        What an earlier call returned stays usable, with the secrets of its time.
        """
        known = self._opened.get(organization_id)
        if known is not None and monotonic() - known.read_at < FRESH_SECONDS:
            return known.messages
        async with self._engine.connect() as connection:
            account = account_of(await load_organization(connection, organization_id), self._settings)
        is_same = known is not None and known.account == account
        messages = known.messages if known and is_same else TwilioMessages(account, self._transport)
        self._opened[organization_id] = _Opened(account, messages, read_at=monotonic())
        return messages
