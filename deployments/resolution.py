"""Completes settings with what a stack provides: explicit settings win, the stack fills the gaps."""

from pydantic import SecretStr

from deployments.generated_secrets import GeneratedSecrets
from deployments.stack_state import Addresses
from messaging.settings import Settings

SIMULATED_WHATSAPP = "+12025550199"
"""The simulated account's WhatsApp sender, from the numbers that are reserved for fiction."""


def complete(
    settings: Settings, addresses: Addresses, generated: GeneratedSecrets, *, database_url: str | None
) -> Settings:
    """Settings with the stack's database, Prefect, public address, hash key and simulated account.

    With a live account a missing public address becomes the loopback one too: the API then runs, and
    `Settings.require_reachable_callbacks` refuses it before anything is sent.
    """
    found: dict[str, object] = {
        "tidings_database_url": settings.tidings_database_url or database_url,
        "prefect_api_url": settings.prefect_api_url or addresses.prefect_api,
        "public_base_url": settings.public_base_url or addresses.api,
        "tidings_hash_key": settings.tidings_hash_key or SecretStr(generated.hash_key),
    }
    if addresses.simulator is not None and not settings.has_twilio:
        found |= {
            "twilio_account_sid": generated.account_sid,
            "twilio_auth_token": SecretStr(generated.auth_token),
            "twilio_messaging_service_transactional": generated.messaging_service_transactional,
            "twilio_messaging_service_marketing": generated.messaging_service_marketing,
            "twilio_whatsapp_number": SIMULATED_WHATSAPP,
            "twilio_api_base_url": addresses.simulator,
        }
    return settings.model_copy(update=found)
