"""`tidings policy …`, as a person runs it."""

import json
from pathlib import Path

from tests.integration.campaign_commands import Command


async def test_without_a_policy_every_default_is_shown(tidings: Command) -> None:
    shown = await tidings("policy", "show", "--json")
    told = json.loads(shown.stdout)
    assert told["version"] == 0
    assert set(told["policy"]) == {"quiet_hours", "caps", "consent", "opt_out", "retention"}
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
