"""The demo's home and environment: its own, and gone when nobody needs them."""

import os
import signal
import tempfile
from pathlib import Path

import pytest

from cli.demo.surroundings import ended_by_signals, own_environment, own_home
from deployments.generated_secrets import keep_secrets
from deployments.home import Home, HomeError
from deployments.home_lock import HomeInUse
from deployments.process_id import ProcessId
from deployments.stack_state import Addresses, Phase, StackState
from messaging.errors import TidingsError
from messaging.settings import load_settings


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made meanwhile."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_environment_names_nobody(tmp_path: Path) -> None:
    around = {
        "PATH": "/bin",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "PREFECT_API_URL": "http://127.0.0.1:4200/api",
        "TIDINGS_DATABASE_URL": "postgresql://somewhere/else",
        "PUBLIC_BASE_URL": "https://example.org",
        "tidings_hash_key": "k",
    }
    before = dict(around)
    with own_environment(Home.at(tmp_path), around):
        own = {"TIDINGS_HOME": str(tmp_path), "TIDINGS_ENV_FILE": "", "TIDINGS_QUIET_HOURS": "off"}
        assert around == {"PATH": "/bin", **own}
    assert around == before


def test_settings_come_from_the_demo_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("TWILIO_ACCOUNT_SID=AC" + "1" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "0f" * 16)
    with own_environment(Home.at(tmp_path / "home")):
        settings = load_settings()
    assert settings.tidings_home == tmp_path / "home"
    assert not settings.has_twilio
    assert os.environ["TWILIO_AUTH_TOKEN"] == "0f" * 16


@pytest.mark.parametrize(
    ("ending", "keep", "left"),
    [
        (None, False, False),
        (None, True, True),
        (KeyboardInterrupt, False, False),
        (KeyboardInterrupt, True, True),
        (TidingsError, False, True),
        (ZeroDivisionError, False, True),
    ],
)
def test_a_temporary_home_is_left_only_for_a_reason(
    temporary: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    ending: type[BaseException] | None,
    keep: bool,
    left: bool,
) -> None:
    try:
        with own_home(None, keep=keep) as home:
            assert home.path.parent == temporary
            assert home.logs.is_dir()
            if ending:
                raise ending
    except (KeyboardInterrupt, TidingsError, ZeroDivisionError) as ended:
        assert type(ended) is ending  # noqa: PT017  # none is expected without an ending
    assert home.path.exists() is left
    said = capsys.readouterr()
    assert said.out == ""
    assert (str(home.path) in said.err) is left


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_that_was_asked_for_stays(tmp_path: Path, *, exists: bool) -> None:
    asked = tmp_path / "asked"
    if exists:
        asked.mkdir()
    with own_home(asked, keep=False) as home:
        assert home.path == asked
    assert asked.is_dir()


def test_a_folder_with_anything_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    with pytest.raises(HomeError, match="is not empty"), own_home(tmp_path, keep=False):
        pytest.fail("it was used")
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]


def test_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(HomeError, match="cannot be used"), own_home(file, keep=False):
        pytest.fail("it was used")


def test_a_home_in_use_is_refused(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    keep_secrets(home)
    addresses = Addresses(api="http://a", prefect="http://p", prefect_api="http://p/api", database="d")
    me = ProcessId.of(os.getpid())
    StackState(phase=Phase.READY, supervisor=me, addresses=addresses, embedded_database=True, ports={}).save(home)
    with pytest.raises(HomeInUse, match="Tidings runs on"), own_home(tmp_path, keep=False):
        pytest.fail("it was used")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_as_ctrl_c_does(number: signal.Signals) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt), ended_by_signals():
            signal.raise_signal(number)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
