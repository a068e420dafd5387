"""A database that cannot be used is one sentence, without its password."""

import pytest

from deployments.database_check import DatabaseUnusable, describe, require_usable


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://u:hunter2@127.0.0.1:1/x", "Connection refused"),
        ("postgresql+psycopg://u:hunter2@127.0.0.1:1/x", "Connection refused"),
        ("postgresql://u:hunter2@127.0.0.1:99999999/x", "invalid port number"),
        ("mysql://u:hunter2@127.0.0.1:1/x", "must start with postgresql://"),
        ("hunter2", "must start with postgresql://"),
    ],
)
def test_refusals(url: str, reason: str) -> None:
    with pytest.raises(DatabaseUnusable, match=reason) as refused:
        require_usable(url)
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:hunter2@db.test:5433/tidings?sslmode=require", "postgresql://u@db.test:5433/tidings"),
        ("postgres://db.test/tidings", "postgresql://db.test/tidings"),
        ("postgresql+psycopg://u@db.test/tidings", "postgresql://u@db.test/tidings"),
    ],
)
def test_an_address_is_shown_without_secrets(url: str, shown: str) -> None:
    assert describe(url) == shown
