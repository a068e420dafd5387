"""Completes settings with what a stack provides: explicit settings win, the stack fills the gaps."""

from pydantic import SecretStr

from deployments.generated_secrets import GeneratedSecrets
from deployments.stack_state import Addresses
from messaging.settings import Settings


def complete(
    settings: Settings, addresses: Addresses, generated: GeneratedSecrets, *, database_url: str | None
) -> Settings:
    """Settings with the stack's database, Prefect, public address, hash key and simulated account.

    A live account's missing public address stays missing: Twilio could not reach a loopback one.
    """
    found: dict[str, object] = {
        "tidings_database_url": settings.tidings_database_url or database_url,
        "prefect_api_url": settings.prefect_api_url or addresses.prefect_api,
        "tidings_hash_key": settings.tidings_hash_key or SecretStr(generated.hash_key),
    }
    if not settings.is_live:
        found["public_base_url"] = settings.public_base_url or addresses.api
    if addresses.simulator is not None and not settings.has_twilio:
        found |= {
            "twilio_account_sid": generated.account_sid,
            "twilio_auth_token": SecretStr(generated.auth_token),
            "twilio_messaging_service_transactional": generated.messaging_service_transactional,
            "twilio_messaging_service_marketing": generated.messaging_service_marketing,
            "twilio_api_base_url": addresses.simulator,
        }
    return settings.model_copy(update=found)
