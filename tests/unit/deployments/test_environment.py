"""Children are told every setting, and nothing else decides for them."""

from pathlib import Path

import pytest

from deployments.environment import environment_for
from deployments.home import Home
from deployments.prefect_server import server_environment
from messaging.errors import SettingsError
from messaging.settings import Settings, load_settings
from tasks.process_guard import SERVED_BY

HOME = Home.at(Path("/somewhere/home"))
SETTINGS = Settings.model_validate(
    {
        "twilio_account_sid": "AC" + "0a" * 16,
        "twilio_auth_token": "0b" * 16,
        "twilio_messaging_service_transactional": "MG" + "0c" * 16,
        "twilio_messaging_service_marketing": "MG" + "0d" * 16,
        "tidings_hash_key": "0e" * 16,
        "tidings_database_url": "postgresql://tidings@127.0.0.1:5432/tidings",
        "tidings_home": HOME.path,
        "tidings_lease_seconds": 3.5,
    }
)


def test_a_child_reads_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment_for(SETTINGS, HOME, inherited={}).items():
        monkeypatch.setenv(name, value)
    assert load_settings() == SETTINGS


@pytest.mark.parametrize(
    ("label", "inherited", "name", "value"),
    [
        ("a setting that has no value is taken away", {"PUBLIC_BASE_URL": "http://old"}, "PUBLIC_BASE_URL", None),
        ("the resolved value wins", {"TIDINGS_LEASE_SECONDS": "9"}, "TIDINGS_LEASE_SECONDS", "3.5"),
        ("no file is read again", {"TIDINGS_ENV_FILE": "my.env"}, "TIDINGS_ENV_FILE", ""),
        ("a stack within a flow run is not served by its server", {SERVED_BY: "1"}, SERVED_BY, None),
        ("loopback needs no proxy", {"no_proxy": "corp"}, "no_proxy", "corp,127.0.0.1,localhost"),
        ("other variables are inherited", {"LANG": "de"}, "LANG", "de"),
    ],
)
def test_what_a_child_inherits(label: str, inherited: dict[str, str], name: str, value: str | None) -> None:
    assert environment_for(SETTINGS, HOME, inherited=inherited).get(name) == value, label


def test_a_child_finds_what_else_the_file_of_settings_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my.env").write_text("ACME_TOKEN=a-secret-of-acme\nLANG=de\n")
    monkeypatch.setenv("TIDINGS_ENV_FILE", str(tmp_path / "my.env"))
    monkeypatch.setenv("LANG", "en")
    env = environment_for(SETTINGS, HOME)
    assert (env["ACME_TOKEN"], env["LANG"]) == ("a-secret-of-acme", "en"), "the environment wins"


def test_a_file_of_settings_that_everyone_can_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "my.env"
    path.touch(mode=0o600)
    monkeypatch.setenv("TIDINGS_ENV_FILE", str(path))
    assert load_settings()
    path.chmod(0o644)
    with pytest.raises(SettingsError, match=f"can be read by everyone; run `chmod 600 {path}`"):
        load_settings()


def test_the_embedded_server_ignores_foreign_prefect_settings() -> None:
    env = environment_for(
        SETTINGS.model_copy(update={"prefect_api_url": "http://127.0.0.1:1/api"}),
        HOME,
        inherited={"PREFECT_API_DATABASE_CONNECTION_URL": "sqlite:///theirs", "PREFECT_PROFILE": "theirs"},
    )
    found = {name: value for name, value in server_environment(env).items() if name.startswith("PREFECT_")}
    assert found == {
        "PREFECT_HOME": "/somewhere/home/prefect",
        "PREFECT_API_URL": "http://127.0.0.1:1/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_UI_API_URL": "/api",
        "PREFECT_LOGGING_COLORS": "false",
    }
