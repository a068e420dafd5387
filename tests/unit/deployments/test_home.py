"""The home is its owner's alone, and one supervisor's at a time."""

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deployments.generated_secrets import keep_secrets, load_secrets
from deployments.home import Home, HomeError, write_private
from deployments.home_lock import HomeInUse, hold


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_made_is_private(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "deep" / "home")
    home.prepare()
    keep_secrets(home)
    assert {mode(home.path), mode(home.logs), mode(home.prefect)} == {0o700}
    assert mode(home.secrets) == 0o600


def test_a_folder_of_the_users_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Home.at(tmp_path).prepare()
    assert mode(tmp_path) == 0o755


def test_a_file_in_its_place_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(HomeError, match=r"TIDINGS_HOME .*home cannot be used"):
        Home.at(tmp_path / "home").prepare()


def test_private_files_are_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "note"
    path.write_text("a longer old text")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text() == "new"
    assert mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_secrets_are_made_once(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    assert load_secrets(home) is None
    first = keep_secrets(home)
    assert keep_secrets(home) == first == load_secrets(home)


def test_unreadable_secrets_are_not_replaced(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    home.secrets.write_text("{")
    with pytest.raises(HomeError, match=r"secrets\.json cannot be read"):
        keep_secrets(home)
    assert home.secrets.read_text() == "{"


def test_a_second_holder_is_refused(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    with hold(home), pytest.raises(HomeInUse, match="in use"), hold(home, patience=0):
        pytest.fail("held twice")
    with hold(home, patience=0):
        pass


def test_a_killed_holder_releases(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    script = (
        "import sys, time; from pathlib import Path; from deployments.home import Home; "
        "from deployments.home_lock import hold\n"
        f"with hold(Home.at(Path({str(tmp_path)!r}))): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(HomeInUse), hold(home, patience=0):
            pytest.fail("held twice")
        holder.send_signal(signal.SIGKILL)
    with hold(home, patience=0):
        pass
