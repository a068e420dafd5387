"""Settings are refused with the name of the one that is wrong."""

import pytest

from messaging.errors import SettingsError
from messaging.settings import load_settings

TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0a" * 16,
    "TWILIO_AUTH_TOKEN": "0b" * 16,
    "TWILIO_MESSAGING_SERVICE_TRANSACTIONAL": "MG" + "0c" * 16,
    "TWILIO_MESSAGING_SERVICE_MARKETING": "MG" + "0d" * 16,
}


@pytest.fixture(autouse=True)
def no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDINGS_ENV_FILE", "")
    for name, value in TWILIO.items():
        monkeypatch.setenv(name, value)


def test_the_secondary_token_and_the_whatsapp_number_are_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert (settings.twilio_secondary_auth_token, settings.twilio_whatsapp_number) == (None, None)
    monkeypatch.setenv("TWILIO_SECONDARY_AUTH_TOKEN", "0e" * 16)
    monkeypatch.setenv("TWILIO_WHATSAPP_NUMBER", "+442079460123")
    settings = load_settings()
    assert settings.twilio_secondary_auth_token is not None
    assert settings.twilio_whatsapp_number == "+442079460123"
    assert "0e0e" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "TWILIO_WHATSAPP_NUMBER",
            "whatsapp:+442079460123",
            "TWILIO_WHATSAPP_NUMBER must be a number in E.164 form",
        ),
        ("TWILIO_WHATSAPP_NUMBER", "020 7946 0123", "TWILIO_WHATSAPP_NUMBER must be a number in E.164 form"),
        ("TWILIO_SECONDARY_AUTH_TOKEN", "changeme", "TWILIO_SECONDARY_AUTH_TOKEN still holds a placeholder"),
    ],
)
def test_what_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert sentence in str(refusal.value)


def test_a_secondary_token_alone_is_half_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TWILIO:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TWILIO_SECONDARY_AUTH_TOKEN", "0e" * 16)
    with pytest.raises(SettingsError, match="TWILIO_SECONDARY_AUTH_TOKEN is set but TWILIO_ACCOUNT_SID"):
        load_settings()
