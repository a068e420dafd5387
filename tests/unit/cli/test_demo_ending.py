"""How the demo ends: what broke is told, to people and to machines, and the exit status says it too."""

import json
import tempfile
from contextlib import nullcontext
from pathlib import Path

import pytest

from cli.demo.promises import Promise
from cli.demo.run import PromiseBroken, run
from cli.demo.story import Ending
from cli.demo.telling import Teller
from deployments.stack_state import Addresses

ADDRESSES = Addresses(api="http://a", prefect="http://p", prefect_api="http://p/api", simulator=None, database="d")
KEPT = Promise("Nobody was forgotten", "3 people")
BROKEN = Promise(
    "Nobody was texted twice", "9 messages", [f"***{number:02} was texted twice." for number in range(7)]
)


def ending(*promises: Promise) -> Ending:
    return Ending(ADDRESSES, list(promises), sent=(), seconds={"start": 1.5, "check": 0.5})


def test_a_verdict_names_what_broke(capsys: pytest.CaptureFixture[str]) -> None:
    Teller().verdict([KEPT, BROKEN])
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "✓ Nobody was forgotten 3 people"
    assert lines[1] == "✗ Nobody was texted twice 9 messages"
    assert lines[2:7] == [f"***{number:02} was texted twice." for number in range(5)]
    assert lines[7:] == ["… and 2 more."]


@pytest.mark.parametrize(("promises", "kept"), [([KEPT], True), ([KEPT, BROKEN], False)])
def test_the_end_for_machines_and_the_exit_status(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    promises: list[Promise],
    kept: bool,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("cli.demo.run.child_stack", nullcontext)
    monkeypatch.setattr("cli.demo.run.tell", lambda *_: ending(*promises))
    expected = (
        nullcontext()
        if kept
        else pytest.raises(PromiseBroken, match="1 of 2 promises broke: Nobody was texted twice")
    )
    with expected:
        run(home=None, keep=False, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert said["kept"] is kept
    assert said["seconds"] == {"start": 1.5, "check": 0.5, "total": 2.0}
    assert [promise["broken"] for promise in said["promises"]] == [promise.broken for promise in promises]
    assert bool(list(tmp_path.iterdir())) is not kept
