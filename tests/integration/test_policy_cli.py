"""`tidings policy …`, as a person runs it."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from models.policy.definition import Policy
from tests.integration.campaign_commands import Command


async def test_without_a_policy_every_default_is_shown(tidings: Command) -> None:
    shown = await tidings("policy", "show", "--json")
    told = json.loads(shown.stdout)
    assert told["version"] == 0
    assert told["policy"].keys() == {section.name for section in fields(Policy)}
    assert "all of this is the default" in shown.stderr


async def test_a_mistake_is_told_with_its_place_and_changes_nothing(tidings: Command, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("consent:\n  rebions: {}\n")
    for command in ("check", "set"):
        refused = await tidings("policy", command, "policy.yaml")
        assert refused.refusal.startswith('policy.yaml, line 2, column 3: there is no key "rebions"')
    assert json.loads((await tidings("policy", "show", "--json")).stdout)["version"] == 0


async def test_what_was_set_is_in_force_and_counted(tidings: Command, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("consent: {}\n")
    first, second = await tidings("policy", "set", "policy.yaml"), await tidings("policy", "set", "policy.yaml")
    assert "version 1" in first.stdout
    assert "version 2" in second.stdout
    assert (await tidings("policy", "show")).stderr.startswith("Version 2, set by person:")


async def test_what_is_shown_can_be_set_and_means_the_same(tidings: Command, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("consent: {max_age_days: 700, countries: {NO: {double_opt_in: true}}}\n")
    shown = await tidings("policy", "check", "policy.yaml")
    (tmp_path / "spelled.yaml").write_text(shown.stdout)
    again = await tidings("policy", "check", "spelled.yaml")
    assert (again.status, again.stdout) == (0, shown.stdout)
    assert "double_opt_in: true" in shown.stdout.split("NO:")[1]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "DE: {double_opt_in: false}",
            "A consent in DE need not be confirmed by the number, though it should be.",
        ),
        ("US: {soft_opt_in: true}", "A sale in US stands in for a consent, though it should not."),
        ("DE: {max_age_days: 9}", ""),
    ],
)
async def test_what_is_looser_than_the_law_is_told(
    tidings: Command, tmp_path: Path, written: str, told: str
) -> None:
    (tmp_path / "policy.yaml").write_text(f"consent: {{countries: {{{written}}}}}\n")
    assert (await tidings("policy", "check", "policy.yaml")).stderr.strip() == told
