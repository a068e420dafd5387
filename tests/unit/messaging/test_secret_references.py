"""Secrets by reference: read where they lie, never repeated in what is said about them."""

from pathlib import Path

import pytest

from messaging.errors import TidingsError
from messaging.secret_references import NotAReference, SecretUnreadable, check_reference, read_secret

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own, with a `.env` that is read by default."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIDINGS_ENV_FILE", raising=False)
    return tmp_path


def test_a_variable_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_TOKEN", SECRET)
    assert read_secret("env:ACME_TOKEN").get_secret_value() == SECRET


def test_a_line_of_the_env_file_counts_where_the_environment_has_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text(f"ACME_TOKEN={SECRET}\n")
    assert read_secret("env:ACME_TOKEN").get_secret_value() == SECRET
    monkeypatch.setenv("ACME_TOKEN", "another")
    assert read_secret("env:ACME_TOKEN").get_secret_value() == "another"


def test_a_file_is_read_anew_each_time(folder: Path) -> None:
    place = _file(folder, SECRET + "\n")
    assert read_secret(f"file:{place}").get_secret_value() == SECRET
    place.write_text("rotated")
    assert read_secret(f"file:{place}").get_secret_value() == "rotated"


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o666, 0o444])
def test_a_file_that_everyone_can_read_is_refused(folder: Path, mode: int) -> None:
    place = _file(folder, SECRET)
    place.chmod(mode)
    with pytest.raises(SecretUnreadable, match=f"file:{place} can be read by everyone; run `chmod o-r {place}`"):
        read_secret(f"file:{place}")


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        pytest.param(
            "env:NOT_SET", "env:NOT_SET is not set; set NOT_SET where `tidings up` is started", id="unset"
        ),
        pytest.param("file:/no/such/file", "cannot be read .No such file or directory.", id="no file"),
        pytest.param("file:/etc", "cannot be read .Is a directory.|can be read by everyone", id="a folder"),
    ],
)
def test_what_is_not_there_is_named(reference: str, sentence: str) -> None:
    with pytest.raises(SecretUnreadable, match=sentence):
        read_secret(reference)


def test_nothing_is_no_secret(folder: Path) -> None:
    with pytest.raises(SecretUnreadable, match="is empty; put the secret there"):
        read_secret(f"file:{_file(folder, '  ')}")


@pytest.mark.parametrize(
    "text", [SECRET, "", "env:", "env:1A", "env:A B", "file:", "file:relative", "vault:x", "ENV:A"]
)
def test_a_secret_itself_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(NotAReference, match="The auth token must say where the secret lies") as refusal:
        check_reference(text, where="The auth token")
    assert SECRET not in str(refusal.value)


def test_errors_do_not_tell_the_secret(folder: Path) -> None:
    place = _file(folder, SECRET)
    place.chmod(0o644)
    with pytest.raises(TidingsError) as refusal:
        read_secret(f"file:{place}")
    assert SECRET not in str(refusal.value)


def _file(folder: Path, secret: str) -> Path:
    place = folder / "secret"
    place.touch(mode=0o600)
    place.write_text(secret)
    return place
