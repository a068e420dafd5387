"""The Twilio account of each organization, its secrets read from where the organization says they are."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import SecretStr

from messaging.errors import TidingsError
from messaging.secret_references import read_secret
from messaging.settings import Settings
from messaging.twilio_account import TwilioAccount
from models.organizations import DEFAULT_SLUG, Organization


class NoAccount(TidingsError):
    """The organization's Twilio account cannot be used; the text names both it and what is missing."""


@dataclass(frozen=True, slots=True)
class WebhookTokens:
    """The auth tokens by which each account's webhooks are verified, and why an account has none."""

    tokens: dict[str, list[SecretStr]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def account_of(organization: Organization, settings: Settings) -> TwilioAccount:
    """The account that the organization sends by. Raises `NoAccount`, or `SettingsError` for the default one.

    The auth token must be there even when requests use an API key: without it no STOP could be verified.
    """
    if organization.slug == DEFAULT_SLUG:
        return TwilioAccount.of(settings)
    if organization.twilio_account_sid is None or organization.auth_token_ref is None:
        raise NoAccount(
            f'Organization "{organization.slug}" has no Twilio account; give it one with '
            f"`tidings organization set {organization.slug} --account-sid AC… --auth-token env:NAME`."
        )
    secret_ref = organization.api_key_secret_ref
    return TwilioAccount(
        sid=organization.twilio_account_sid,
        auth_token=_secret(organization, organization.auth_token_ref),
        api_key_sid=organization.api_key_sid,
        api_key_secret=_secret(organization, secret_ref) if secret_ref else None,
    )


def webhook_tokens(organizations: Sequence[Organization], settings: Settings) -> WebhookTokens:
    """The tokens of all accounts; what is wrong with one keeps none of the others out."""
    found = WebhookTokens()
    for organization in organizations:
        if organization.slug != DEFAULT_SLUG and organization.twilio_account_sid is not None:
            found.tokens[organization.twilio_account_sid] = _tokens(organization, found.problems)
    if settings.twilio_account_sid is not None:
        own = (settings.twilio_auth_token, settings.twilio_secondary_auth_token)
        found.tokens[settings.twilio_account_sid] = [token for token in own if token is not None]
    return found


def _tokens(organization: Organization, problems: list[str]) -> list[SecretStr]:
    tokens = []
    for reference in (organization.auth_token_ref, organization.secondary_auth_token_ref):
        if reference is not None:
            try:
                tokens.append(_secret(organization, reference))
            except NoAccount as error:
                problems.append(str(error))
    return tokens


def _secret(organization: Organization, reference: str) -> SecretStr:
    try:
        return read_secret(reference)
    except TidingsError as error:
        raise NoAccount(f'Organization "{organization.slug}" cannot use its Twilio account: {error}') from None
