"""Secrets that a home makes for itself once, and keeps: the same after every restart."""

import secrets

from pydantic import BaseModel, Field, ValidationError

from deployments.home import Home, HomeError, write_private


def _hex32() -> str:
    return secrets.token_hex(16)


class GeneratedSecrets(BaseModel):
    """The simulated account, the embedded database's passwords and the hash key, for want of configured ones."""

    account_sid: str = Field(default_factory=lambda: f"AC{_hex32()}")
    auth_token: str = Field(default_factory=_hex32)
    messaging_service_transactional: str = Field(default_factory=lambda: f"MG{_hex32()}")
    messaging_service_marketing: str = Field(default_factory=lambda: f"MG{_hex32()}")
    hash_key: str = Field(default_factory=lambda: secrets.token_hex(32))
    database_password: str = Field(default_factory=lambda: secrets.token_hex(32))
    owner_password: str = Field(default_factory=lambda: secrets.token_hex(32))


def load_secrets(home: Home) -> GeneratedSecrets | None:
    """This home's secrets, or None when it has none yet.

    Raises `HomeError` when they cannot be read: new ones would not open the old database.
    """
    try:
        return GeneratedSecrets.model_validate_json(home.secrets.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (PermissionError, ValidationError):
        raise HomeError(f"{home.secrets} cannot be read; restore it, or set TIDINGS_HOME elsewhere.") from None


def keep_secrets(home: Home) -> GeneratedSecrets:
    """This home's secrets, made and written (0600) the first time; what an older version did not know is added."""
    known = load_secrets(home) or GeneratedSecrets()
    whole = known.model_dump_json(indent=1)
    if not home.secrets.exists() or home.secrets.read_text(encoding="utf-8") != whole:
        write_private(home.secrets, whole)
    return known
