"""Every setting of Tidings, read from the environment or a `.env` file, checked before anything starts."""

import re
import stat
from ipaddress import ip_address
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from messaging.alert_rules import AlertRule
from messaging.bursts import BurstRule
from messaging.business_clock import BusinessClock
from messaging.env_file import env_file
from messaging.errors import SettingsError

TWILIO_LIVE_URL = "https://api.twilio.com"
_PLACEHOLDER = re.compile(r"(?i)change.?me|placeholder|your[_-]|example|todo|<.*>|x{6,}|\*{3,}")
_ACCOUNT_SETTINGS = (
    "twilio_account_sid",
    "twilio_auth_token",
    "twilio_messaging_service_transactional",
    "twilio_messaging_service_marketing",
)
_TWILIO_EXTRAS = (
    "twilio_secondary_auth_token",
    "twilio_api_key_sid",
    "twilio_api_key_secret",
    "twilio_whatsapp_number",
)
_NEVER_PLACEHOLDERS = (*_ACCOUNT_SETTINGS, *_TWILIO_EXTRAS, "tidings_hash_key")
_SID_PREFIX = {
    "twilio_account_sid": "AC",
    "twilio_api_key_sid": "SK",
    "twilio_messaging_service_transactional": "MG",
    "twilio_messaging_service_marketing": "MG",
}


class Settings(BaseSettings):
    """Settings by their environment names in lower case; `.env` is read from the working directory.

    Raises `SettingsError` through `load_settings`, naming the setting, for placeholders, malformed SIDs and
    half a set of Twilio credentials.
    """

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    twilio_account_sid: str | None = None
    twilio_auth_token: SecretStr | None = None
    twilio_secondary_auth_token: SecretStr | None = None
    """Verifies webhooks too, while Twilio's auth token is being replaced."""
    twilio_api_key_sid: str | None = None
    twilio_api_key_secret: SecretStr | None = None
    twilio_messaging_service_transactional: str | None = None
    twilio_messaging_service_marketing: str | None = None
    twilio_whatsapp_number: str | None = None
    twilio_api_base_url: str = TWILIO_LIVE_URL
    public_base_url: str | None = None
    tidings_database_url: str | None = None
    tidings_owner_database_url: str | None = None
    """The same database by a role that makes and owns the schema: then the other role cannot change the ledger."""
    tidings_home: Path = Path(".tidings")
    tidings_hash_key: SecretStr | None = None
    tidings_default_region: str = "US"
    tidings_sender_rate: float = Field(default=100.0, gt=0)
    """SMS segments per second that each Messaging Service may send until told otherwise."""
    tidings_quiet_hours: bool = True
    """Whether messages wait for hours in which their recipients may be texted; off is for try-outs and tests."""
    tidings_clock: str | None = None
    """Business time that is not the real one, as `2026-03-27T06:00:00+01:00 x 600`; for try-outs and tests."""
    tidings_lease_seconds: float = Field(default=60.0, gt=0)
    """How long a worker may hold a claimed message before it counts as lost."""
    tidings_request_seconds: float = Field(default=20.0, gt=0)
    """Time limit of one request to Twilio; must end well within the lease."""
    tidings_in_flight: int = Field(default=50, ge=1, le=500)
    """Requests to Twilio at once, in one flow run."""
    tidings_campaign_window_hours: float = Field(default=48.0, gt=0)
    """How long after its start a campaign may still send; what is left then expires."""
    tidings_burst_seconds: float = Field(default=60.0, gt=0)
    """The time in which many messages that end alike are a burst, which pauses their campaign."""
    tidings_burst_messages: int = Field(default=50, ge=1)
    """How many messages at least make a burst."""
    tidings_burst_share: float = Field(default=0.5, gt=0, le=1)
    """Share of a campaign's requests that must end with one class of failure to make a burst."""
    tidings_filtered_share: float = Field(default=0.2, gt=0, le=1)
    """The same for one code that pauses only if there are many of it, like 30007 (filtered as spam)."""
    tidings_alert_failure_rate: float = Field(default=0.2, gt=0, le=1)
    """Share of messages that failed, of a campaign or a sender, at which an alert is raised."""
    tidings_alert_opt_out_rate: float = Field(default=0.05, gt=0, le=1)
    """Share of people who opted out after their message, at which an alert is raised."""
    tidings_alert_minimum: int = Field(default=50, ge=1)
    """How many messages must have ended before a rate counts."""
    tidings_alert_window_minutes: float = Field(default=60.0, gt=0)
    """The time in which they ended."""
    tidings_alert_pause: bool = False
    """Whether a campaign with an alert is paused."""
    tidings_settle_grace_seconds: float = Field(default=120.0, ge=0)
    """How long after a request's deadline a message that Twilio does not show counts as never sent."""
    tidings_settle_requests_per_second: float = Field(default=20.0, gt=0)
    """Questions to Twilio about lost answers: 20 a second settle 10,000 numbers in some eight minutes."""
    tidings_sweep_seconds: float = Field(default=60.0, gt=0)
    """Between two sweeps, which settle, recover and complete what was left lying."""
    tidings_reminders_seconds: float = Field(default=60.0, gt=0)
    """Between two looks for reminders that are due."""
    tidings_api_requests_per_second: float = Field(default=50.0, gt=0)
    """Requests that each API key may make, unless it was given its own rate; ten seconds' worth at once."""
    tidings_events_days: float = Field(default=7.0, ge=2)
    """How long events are kept for streams that come back and for subscriptions that are mended."""
    tidings_allow_private_webhooks: bool = False
    """Whether events may go to plain http and to addresses in private networks; for trying things out."""
    tidings_replies_per_minute: int = Field(default=5, ge=0)
    """Automatic replies to one number within a minute; above it they are left out, and logged."""
    tidings_media_store: str = ""
    """Where inbound media are kept: a folder or any address that fsspec knows; empty is `media` in the home."""
    tidings_media_megabytes: float = Field(default=16.0, gt=0)
    """Larger inbound media are refused."""
    tidings_delete_media_at_twilio: bool = False
    """Whether each inbound medium is deleted at Twilio once it is stored here."""
    tidings_inbound_check_seconds: float = Field(default=900.0, gt=0)
    """Between two comparisons of what people wrote with Twilio's list; after an outage it is compared at once."""
    tidings_poll_hours: float = Field(default=1.0, gt=0)
    """A message without a final status is looked up at Twilio after so long, and after 4 and 24 times as long."""
    tidings_price_hours: float = Field(default=24.0, gt=0)
    """How long after messages were sent their prices are read; Twilio has billed them by then."""
    tidings_webhook_days: float = Field(default=30.0, gt=0)
    """How long raw webhooks stay in the database once they are handled."""
    tidings_webhook_archive: str | None = None
    """Where raw webhooks are kept too: an address that fsspec knows, such as file:///srv/archive."""
    tidings_webhook_archive_seconds: float = Field(default=3600.0, ge=0)
    """The oldest raw webhook that is not in the archive yet; also how often a file is begun at least."""
    tidings_webhook_archive_days: float = Field(default=365.0, gt=0)
    """How long files stay in the archive."""
    otel_exporter_otlp_endpoint: str | None = None
    """A collector of OpenTelemetry over HTTP, which traces are sent to; none are made without."""
    prefect_api_url: str | None = None

    @field_validator(*_NEVER_PLACEHOLDERS, mode="after")
    @classmethod
    def _no_placeholder(cls, value: object) -> object:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if isinstance(text, str) and _PLACEHOLDER.search(text):
            raise ValueError("still holds a placeholder; put the real value in, or remove it")
        return value

    @field_validator(*_SID_PREFIX, mode="after")
    @classmethod
    def _sid_shape(cls, value: str | None, info: ValidationInfo) -> str | None:
        prefix = _SID_PREFIX[str(info.field_name)]
        if value is not None and not re.fullmatch(prefix + "[0-9A-Za-z]{32}", value):
            raise ValueError(f"must be {prefix} followed by 32 characters, as Twilio's console shows it")
        return value

    @field_validator("twilio_whatsapp_number", mode="after")
    @classmethod
    def _e164(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"\+[1-9][0-9]{6,14}", value):
            raise ValueError("must be a number in E.164 form, such as +12025550100, without whatsapp: before it")
        return value

    @field_validator("tidings_webhook_archive", mode="after")
    @classmethod
    def _address_of_files(cls, value: str | None) -> str | None:
        if value is not None and "://" not in value:
            raise ValueError("must be an address such as file:///srv/archive or s3://bucket/prefix")
        return value

    @field_validator("tidings_clock", mode="after")
    @classmethod
    def _clock(cls, value: str | None) -> str | None:
        return None if value is None else str(BusinessClock.read(value))

    @field_validator("twilio_api_base_url", "public_base_url", "otel_exporter_otlp_endpoint", mode="after")
    @classmethod
    def _http_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be an http:// or https:// address without query or fragment")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _all_of_twilio_or_none(self) -> Self:
        given = [name for name in _ACCOUNT_SETTINGS if getattr(self, name) is not None]
        touched = given or [name for name in _TWILIO_EXTRAS if getattr(self, name) is not None]
        if self.twilio_api_base_url != TWILIO_LIVE_URL:
            touched = [*touched, "twilio_api_base_url"]
        missing = [name.upper() for name in _ACCOUNT_SETTINGS if name not in given]
        if touched and missing:
            raise ValueError(
                f"{touched[0].upper()} is set but {', '.join(missing)} is not; "
                "set all of Twilio's settings, or none to use the simulator"
            )
        if (self.twilio_api_key_sid is None) != (self.twilio_api_key_secret is None):
            raise ValueError("TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET go together; set both or neither")
        return self

    @model_validator(mode="after")
    def _real_time_for_real_people(self) -> Self:
        if self.tidings_clock is not None and self.is_live:
            raise ValueError(
                "TIDINGS_CLOCK is set with an account of Twilio itself: people would be written to at the wrong "
                "time; unset it, or Twilio's settings to use the simulator"
            )
        return self

    @property
    def clock(self) -> BusinessClock | None:
        """The clock that TIDINGS_CLOCK names; None where business time is the real one."""
        return None if self.tidings_clock is None else BusinessClock.read(self.tidings_clock)

    @property
    def burst_rule(self) -> BurstRule:
        """When messages that end alike are a burst."""
        return BurstRule(
            seconds=self.tidings_burst_seconds,
            count=self.tidings_burst_messages,
            code_share=self.tidings_filtered_share,
            class_share=self.tidings_burst_share,
            in_flight=self.tidings_in_flight,
        )

    @property
    def alert_rule(self) -> AlertRule:
        """When failures or opt-outs are so many that people are told, where a campaign says nothing else."""
        return AlertRule(
            failure_rate=self.tidings_alert_failure_rate,
            opt_out_rate=self.tidings_alert_opt_out_rate,
            minimum=self.tidings_alert_minimum,
            window_seconds=60.0 * self.tidings_alert_window_minutes,
            pause=self.tidings_alert_pause,
        )

    @property
    def has_twilio(self) -> bool:
        """True when an account (or another server that speaks Twilio's API) is configured."""
        return self.twilio_account_sid is not None

    @property
    def is_live(self) -> bool:
        """True when requests would reach Twilio itself."""
        host = urlsplit(self.twilio_api_base_url).hostname or ""
        return self.has_twilio and (host == "twilio.com" or host.endswith(".twilio.com"))

    def require_reachable_callbacks(self) -> str:
        """The public address for Twilio's callbacks; refuses one that Twilio could never reach.

        Raises `SettingsError` when it is missing, or loopback with a live account.
        """
        if self.public_base_url is None:
            raise SettingsError(
                "PUBLIC_BASE_URL is not set: Twilio needs this API's public https address for its callbacks."
            )
        if self.is_live and is_loopback(self.public_base_url):
            raise SettingsError(
                f"PUBLIC_BASE_URL is {self.public_base_url}, which Twilio cannot reach; "
                "set it to the public https address that leads to this API."
            )
        return self.public_base_url


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine itself (localhost, 127.0.0.0/8, ::1)."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def load_settings() -> Settings:
    """Reads the settings now, from the environment and the file that TIDINGS_ENV_FILE names (default `.env`).

    An empty TIDINGS_ENV_FILE reads no file. Raises `SettingsError` with the first thing that is wrong, and for a
    file that everyone on the machine can read: it holds secrets.
    """
    path = env_file()
    if path is not None and path.is_file() and path.stat().st_mode & stat.S_IROTH:
        raise SettingsError(f"{path} holds secrets and can be read by everyone; run `chmod 600 {path}`.")
    try:
        return Settings(_env_file=path)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]).upper()
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name} {reason}." if name else f"{reason}.") from None
