"""Who may post to the webhooks: Twilio alone, proved by its signature over the public address and the body.

https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

from dataclasses import dataclass
from functools import partial

import structlog
from fastapi import HTTPException, Request, status

from api.account_tokens import AccountTokens
from api.forms import Received, read_body, storable
from messaging.callbacks import RETRIES
from messaging.errors import SettingsError
from messaging.settings import Settings
from messaging.twilio_signature import HMAC_SHA1, algorithm_of, is_signed_by

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A verified request: whose account, the query of our own URL, the fields as they are to be kept."""

    account_sid: str
    query: str
    payload: list[tuple[str, str]]

    def first(self, name: str) -> str:
        """The first value of a field; empty when it is missing."""
        return next((value for key, value in self.payload if key == name), "")


@dataclass(frozen=True, slots=True)
class Verifier:
    """Knows the address Twilio calls and the auth tokens of each account."""

    public_base_url: str
    tokens: AccountTokens

    @classmethod
    def from_settings(cls, settings: Settings) -> "Verifier":
        """Raises `SettingsError` when the settings' own account or PUBLIC_BASE_URL is missing."""
        if settings.twilio_account_sid is None or settings.twilio_auth_token is None:
            raise SettingsError(
                "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set: without them no webhook can be verified."
            )
        if settings.public_base_url is None:
            raise SettingsError(
                "PUBLIC_BASE_URL is not set: set it to this API's public address, over which Twilio signs."
            )
        return cls(public_base_url=settings.public_base_url, tokens=AccountTokens(settings))

    def account_of(
        self, *, account_sid: str, url: str, received: Received, signature: str, algorithm: str = HMAC_SHA1
    ) -> str | None:
        """The account that signed, or None. A body without AccountSid may be of the only account there is."""
        if not account_sid and len(self.tokens.accounts()) == 1:
            (account_sid,) = self.tokens.accounts()
        if not signature:
            return None
        signed = any(
            is_signed_by(
                token,
                url=f"{url}#{RETRIES}",  # Twilio signs without the fragment; is_signed_by tries both
                params=received.pairs if received.body is None else None,
                body=received.body or b"",
                signature=signature,
                algorithm=algorithm,
            )
            for token in self.tokens.of(account_sid)
        )
        return account_sid if signed else None


async def verified(request: Request) -> Webhook:
    """Reads and verifies a webhook; 400 when it cannot be read, 403 when Twilio did not sign it.

    503 for an account that nobody knows while the organizations could not be read yet.
    """
    received = await read_body(request)
    form = received.pairs
    verifier: Verifier = request.app.state.verifier
    query = request.scope["query_string"].decode("latin-1")
    account_of = partial(
        verifier.account_of,
        account_sid=next((value for name, value in form if name == "AccountSid"), ""),
        url=verifier.public_base_url + request.scope["path"] + (f"?{query}" if query else ""),
        received=received,
        signature=request.headers.get("x-twilio-signature", ""),
        algorithm=algorithm_of(request.headers.get("x-twilio-webhooks-signature-settings", "")),
    )
    account = account_of()
    if account is None:
        await verifier.tokens.look_again()
        account = account_of()
    if account is None:
        raise _refusal(verifier, form, path=request.scope["path"])
    payload = [(storable(name), storable(value)) for name, value in form]
    return Webhook(account_sid=account, query=storable(query), payload=payload)


def _refusal(verifier: Verifier, form: list[tuple[str, str]], *, path: str) -> HTTPException:
    is_known = any(name == "AccountSid" and verifier.tokens.of(value) for name, value in form)
    if not is_known and not verifier.tokens.is_complete:
        log.error("webhook refused: its account could not be looked up yet", path=path)
        return HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "Nothing was stored; send this again.")
    log.warning("webhook refused: signature missing or wrong", path=path)
    return HTTPException(
        status.HTTP_403_FORBIDDEN,
        "X-Twilio-Signature is missing or does not fit PUBLIC_BASE_URL, body and the account's auth token.",
    )
