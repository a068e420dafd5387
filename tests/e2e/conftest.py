"""One whole stack for all end-to-end tests that leave it as they found it."""

from collections.abc import Iterator

import pytest

from tests.e2e.stack_process import StackProcess


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackProcess]:
    """A stack with the simulator, from an empty home of mode 0700."""
    home = tmp_path_factory.mktemp("stack") / "home"
    home.mkdir(mode=0o700)
    with StackProcess(home) as running:
        yield running
        running.stop()
