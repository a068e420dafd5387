"""The promises on a server that is not our simulator, and that treats us badly."""

from collections import Counter
from pathlib import Path

import pytest

from tests.deployments.processes import wait_until
from tests.e2e.foreign_twilio import ACCOUNT, KEY, KEY_SECRET, TOKEN, WEATHER, foreign_twilio
from tests.e2e.story import PEOPLE, story
from tests.integration.population import phone

ENDS_WITHIN = 300.0
CREDENTIALS = {
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_API_KEY_SID": KEY,
    "TWILIO_API_KEY_SECRET": KEY_SECRET,
}


@pytest.mark.long
def test_everyone_gets_it_once_whatever_the_server_does(tmp_path: Path) -> None:
    with foreign_twilio(badly=0.15, seed=3) as twilio, story(tmp_path, twilio.url, account=CREDENTIALS) as told:
        wait_until(told.is_finished, seconds=ENDS_WITHIN)
        assert twilio.sent_to() == Counter({phone(number): 1 for number in range(PEOPLE)})
        assert all(twilio.fates[fate] for fate in WEATHER), "the weather was too fine to prove anything"
        report = told.report()
        assert report["incidents"] == 0
        assert sum(report["states"].values()) == report["audience"] == PEOPLE
        assert {state for state, count in report["states"].items() if count} <= {"accepted", "sent", "delivered"}
