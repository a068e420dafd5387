"""Other commands find a running stack, and what is set explicitly stays."""

import os
from pathlib import Path

import pytest

from deployments.generated_secrets import keep_secrets
from deployments.home import Home
from deployments.process_id import ProcessId
from deployments.stack import StackNotRunning, find_stack, resolve
from deployments.stack_state import Addresses, Phase, StackState
from messaging.errors import SettingsError
from messaging.settings import Settings

ADDRESSES = Addresses(
    api="http://127.0.0.1:1",
    prefect="http://127.0.0.1:2",
    prefect_api="http://127.0.0.1:2/api",
    simulator="http://127.0.0.1:3",
    database="postgresql://tidings@127.0.0.1:4/tidings?passfile=x",
)
TWILIO = {
    "twilio_account_sid": "AC" + "0a" * 16,
    "twilio_auth_token": "0b" * 16,
    "twilio_messaging_service_transactional": "MG" + "0c" * 16,
    "twilio_messaging_service_marketing": "MG" + "0d" * 16,
}


def settings(home: Path, **given: object) -> Settings:
    return Settings.model_validate({"tidings_home": home, **given})


def note(path: Path, **changes: object) -> None:
    home = Home.at(path)
    keep_secrets(home)
    state = StackState(
        phase=Phase.READY,
        supervisor=ProcessId.of(os.getpid()),
        addresses=ADDRESSES,
        embedded_database=True,
        ports={},
    )
    state.model_copy(update=changes).save(home)


def test_gaps_are_filled_from_the_running_stack(tmp_path: Path) -> None:
    note(tmp_path)
    found = resolve(settings(tmp_path))
    generated = keep_secrets(Home.at(tmp_path))
    assert found.tidings_database_url == ADDRESSES.database
    assert found.prefect_api_url == ADDRESSES.prefect_api
    assert found.public_base_url == ADDRESSES.api
    assert found.twilio_api_base_url == ADDRESSES.simulator
    assert found.twilio_account_sid == generated.account_sid
    assert found.tidings_hash_key is not None
    assert found.tidings_hash_key.get_secret_value() == generated.hash_key


def test_explicit_settings_stay(tmp_path: Path) -> None:
    note(tmp_path)
    given = {
        "tidings_database_url": "postgresql://elsewhere/db",
        "prefect_api_url": "http://elsewhere/api",
        "public_base_url": "https://tidings.test",
        **TWILIO,
        "twilio_api_base_url": "http://127.0.0.1:9",
        "tidings_hash_key": "0f" * 16,
    }
    assert resolve(settings(tmp_path, **given)) == settings(tmp_path, **given)


def test_a_live_account_without_a_public_address_sends_nothing(tmp_path: Path) -> None:
    note(tmp_path, addresses=ADDRESSES.model_copy(update={"simulator": None}))
    found = resolve(settings(tmp_path, **TWILIO))
    assert found.is_live
    with pytest.raises(SettingsError, match="which Twilio cannot reach"):
        found.require_reachable_callbacks()


@pytest.mark.parametrize(
    ("label", "changes"),
    [
        ("stopped", {"phase": Phase.STOPPED}),
        ("its supervisor is gone", {"supervisor": ProcessId(pid=2**22 + 1, born=0)}),
        ("its supervisor's number belongs to another now", {"supervisor": ProcessId(pid=os.getpid(), born=0)}),
    ],
)
def test_a_stack_that_does_not_run_is_not_found(label: str, changes: dict[str, object], tmp_path: Path) -> None:
    note(tmp_path, **changes)
    assert find_stack(tmp_path) is None, label
    with pytest.raises(StackNotRunning, match="tidings up"):
        resolve(settings(tmp_path))


def test_no_stack_and_an_explicit_database_is_enough(tmp_path: Path) -> None:
    given = settings(tmp_path, tidings_database_url="postgresql://elsewhere/db")
    assert resolve(given) is given


def test_an_external_database_must_be_named_again(tmp_path: Path) -> None:
    note(tmp_path, embedded_database=False)
    with pytest.raises(StackNotRunning, match="set TIDINGS_DATABASE_URL here"):
        resolve(settings(tmp_path))


def test_no_secret_is_in_the_note(tmp_path: Path) -> None:
    note(tmp_path)
    generated = keep_secrets(Home.at(tmp_path))
    noted = Home.at(tmp_path).state.read_text()
    assert not [value for value in generated.model_dump().values() if value in noted]


@pytest.mark.parametrize(
    ("label", "of_the_stack", "given", "kept"),
    [
        ("a command judges as the stack's workers do", False, {}, False),
        ("as by default", True, {}, True),
        ("what is set explicitly stays", False, {"tidings_quiet_hours": "on"}, True),
    ],
)
def test_quiet_hours_are_those_of_the_running_stack(
    label: str,
    of_the_stack: bool,  # noqa: FBT001  (a case of the table)
    given: dict[str, object],
    kept: bool,  # noqa: FBT001  (a case of the table)
    tmp_path: Path,
) -> None:
    note(tmp_path, quiet_hours=of_the_stack)
    assert resolve(settings(tmp_path, **given)).tidings_quiet_hours is kept, label


@pytest.mark.parametrize("of_the_stack", [None, "2026-03-27T05:00:00+00:00 x 600 since 2026-11-21T20:00:00+00:00"])
def test_a_command_goes_by_the_clock_of_the_running_stack(of_the_stack: str | None, tmp_path: Path) -> None:
    note(tmp_path, clock=of_the_stack)
    for given in ({}, {"tidings_clock": "2027-01-01T00:00:00Z x 2"}):
        assert resolve(settings(tmp_path, **given)).tidings_clock == of_the_stack
