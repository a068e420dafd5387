"""The auth tokens of every organization's account, read in the background: no webhook waits for the database.

What was read last stays when the database is away, so that known accounts are verified all the same.
"""

import asyncio
from collections.abc import Sequence
from time import monotonic

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.database_faults import NotStoredError, describe, within
from messaging.settings import Settings
from models.organizations import list_organizations
from models.tenants.accounts import WebhookTokens, webhook_tokens

FRESH_SECONDS = 10.0
"""Between two looks at organizations and secrets, where nothing calls for one."""
BREATH_SECONDS = 1.0
"""Between two looks that wrong signatures call for: forgers must not keep the database busy."""
PATIENCE = 0.5
log = structlog.get_logger(__name__)


class AccountTokens:
    """Which tokens verify which account's webhooks. The settings' own account is known from the start."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known = webhook_tokens([], settings)
        self._engine: AsyncEngine | None = None
        self._looked_at = -BREATH_SECONDS
        self._looking = asyncio.Lock()
        self.is_complete = False
        """Whether the organizations have been read since the start."""

    def of(self, account_sid: str) -> Sequence[str]:
        """The tokens of an account; none for one that is nobody's."""
        return [token.get_secret_value() for token in self._known.tokens.get(account_sid, ())]

    def accounts(self) -> Sequence[str]:
        """The accounts that are known."""
        return list(self._known.tokens)

    async def keep_fresh(self, engine: AsyncEngine) -> None:
        """Reads them again and again until it is canceled."""
        self._engine = engine
        while True:
            await self.look_again()
            await asyncio.sleep(FRESH_SECONDS)

    async def look_again(self) -> None:
        """Reads them now, unless that was done a moment ago: a token may just have been replaced."""
        async with self._looking:
            if self._engine is None or monotonic() - self._looked_at < BREATH_SECONDS:
                return
            try:
                self._note(await within(PATIENCE, self._read(self._engine)))
            except (NotStoredError, SQLAlchemyError, OSError) as error:
                log.warning("accounts not read", reason=describe(error))
            self._looked_at = monotonic()

    async def _read(self, engine: AsyncEngine) -> WebhookTokens:
        async with engine.connect() as connection:
            organizations = await list_organizations(connection)
        return await asyncio.to_thread(webhook_tokens, organizations, self._settings)

    def _note(self, found: WebhookTokens) -> None:
        for problem in found.problems:
            if problem not in self._known.problems:
                log.error("webhooks of an account are refused", reason=problem)
        self._known = found
        self.is_complete = True
