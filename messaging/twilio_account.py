"""An account at Twilio and what proves that we may use it."""

from dataclasses import dataclass
from typing import Self

from pydantic import SecretStr

from messaging.errors import SettingsError
from messaging.settings import Settings


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """The auth token verifies webhooks; requests use the API key where there is one."""

    sid: str
    auth_token: SecretStr
    api_key_sid: str | None = None
    api_key_secret: SecretStr | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The account of the settings. Raises `SettingsError` when none is set."""
        if settings.twilio_account_sid is None or settings.twilio_auth_token is None:
            raise SettingsError("TWILIO_ACCOUNT_SID is not set; set Twilio's settings, or use `tidings up`.")
        return cls(
            sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token,
            api_key_sid=settings.twilio_api_key_sid,
            api_key_secret=settings.twilio_api_key_secret,
        )

    @property
    def login(self) -> tuple[str, str]:
        """User name and password of a request."""
        if self.api_key_sid is not None and self.api_key_secret is not None:
            return self.api_key_sid, self.api_key_secret.get_secret_value()
        return self.sid, self.auth_token.get_secret_value()
