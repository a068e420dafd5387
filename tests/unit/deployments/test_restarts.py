"""A part that dies comes back ever later, and not for ever."""

import pytest

from deployments.restarts import Restarts


@pytest.mark.parametrize(
    ("label", "deaths", "delays"),
    [
        ("deaths in a row double the delay", [0, 1, 2, 3], [0.5, 1, 2, 4]),
        ("the fifth within a minute is one too many", [0, 1, 2, 3, 4], [0.5, 1, 2, 4, None]),
        ("five in more than a minute are not", [0, 20, 40, 59, 61], [0.5, 1, 2, 4, 4]),
        ("a quiet minute forgets", [0, 1, 100, 101], [0.5, 1, 0.5, 1]),
    ],
)
def test_delays(label: str, deaths: list[float], delays: list[float | None]) -> None:
    restarts = Restarts()
    assert [restarts.delay_after_death(death) for death in deaths] == delays, label
    assert restarts.count == len(deaths)
