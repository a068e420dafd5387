"""`tidings errors`."""

import json

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from messaging.deeds import deeds
from messaging.outcomes import Action, OutcomeClass, Stage, listed


def errors(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["errors", *arguments], env={"COLUMNS": "200"})


@pytest.mark.parametrize(
    ("code", "stage", "does"),
    [
        (20429, "request", "sends it again after 1 second, longer each time; slows the sender down, and lets it"),
        (21211, "request", "does not send it again"),
        (21408, "request", "keeps it to be sent later; pauses the sender for this country until a person goes on"),
        (21610, "request", "does not send it again; opts the person out"),
        (21611, "request", "sends it again after 30 minutes; slows the sender down"),
        (21703, "request", "does not send it again; pauses the sender if there are many"),
        (20500, "request", "finds out at Twilio whether it was sent"),
        (
            30007,
            "delivery",
            "counts it as failed, and does not send it again; pauses the campaign if there are many",
        ),
        (30023, "delivery", "counts it as failed, and does not send it again; lets the sender rest for 24 hours"),
        (30025, "delivery", "goes on; raises an alarm"),
        (63038, "request", "sends it again after 24 hours; lets the sender rest for 24 hours"),
        (29999, "request", "does not send it again, counts it and raises an alarm"),
        (29999, "delivery", "counts it as failed and raises an alarm"),
    ],
)
def test_what_tidings_does(code: int, stage: str, does: str) -> None:
    done = errors(str(code), "--json")
    assert done.exit_code == 0, done.output
    shown = {error["stage"]: error for error in json.loads(done.stdout)["errors"]}
    assert shown[stage]["code"] == code
    assert shown[stage]["does"].startswith(does)


def test_all_of_the_table_is_shown_by_code() -> None:
    shown = json.loads(errors("--json").stdout)["errors"]
    assert len(shown) == len(listed())
    codes = [error["code"] for error in shown]
    assert codes == sorted(codes)


def test_every_row_says_what_is_done_about_it() -> None:
    for deed in deeds():
        verdict = deed.verdict
        assert deed.does, verdict.code
        if verdict.action is Action.PAUSE:
            assert "pauses" in deed.does, verdict.code
        if deed.stage is Stage.REQUEST and verdict.kind is OutcomeClass.PERMANENT:
            assert "not send it again" in deed.does, verdict.code


def test_people_see_a_table() -> None:
    done = errors("30007")
    assert done.exit_code == 0
    assert "30007" in done.stdout
    assert "Carriers filtered the message as spam" in " ".join(done.stdout.split())


def test_something_else_than_a_code_is_wrong_usage() -> None:
    assert errors("spam").exit_code == 2
