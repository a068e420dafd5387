"""Campaign files: what is read from them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.campaigns.definition import CampaignDefinition, parse
from models.campaigns.tables import Priority
from models.senders import MessageType
from models.yaml_source import UnreadableFile, read_text
from tests.unit.campaigns.files import BODY, GOOD, HEAD, read

AS_JSON = {
    "name": "Sale",
    "kind": "marketing",
    "body": "Hi {{ first_name }}",
    "audience": {"tags": ["customer"]},
}


def test_reads_the_least() -> None:
    assert read(GOOD) == CampaignDefinition(
        name="Sale", kind=MessageType.MARKETING, body="Hi {{ first_name }}", tags=("customer",)
    )
    assert read(GOOD).audience == {"tags": ["customer"]}


def test_reads_everything() -> None:
    text = """\
# a comment
name: "2024"
kind: transactional
body: |

  Hi {{ first_name }},
  you have {{ ["loyalty points"] }}.

audience:
  countries: [us, GB, US]
  tags:
  - "42"
  - customer
rate: 0.5
send_at: 2026-11-27T09:00:00-05:00
send_before: 2026-11-27T20:00:00-05:00
"""
    assert read(text) == CampaignDefinition(
        name="2024",
        kind=MessageType.TRANSACTIONAL,
        body='Hi {{ first_name }},\nyou have {{ ["loyalty points"] }}.',
        tags=("42", "customer"),
        countries=("US", "GB"),
        rate=0.5,
        send_at=datetime(2026, 11, 27, 14, tzinfo=UTC),
        send_before=datetime(2026, 11, 28, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("a byte order mark", "\ufeff" + GOOD),
        ("Windows line ends", GOOD.replace("\n", "\r\n")),
        (
            "JSON is YAML",
            '{"name":"Sale","kind":"marketing","body":"Hi {{ first_name }}","audience":{"tags":["customer"]}}',
        ),
        ("a document start", "---\n" + GOOD),
    ],
)
def test_reads_the_same(label: str, text: str) -> None:
    assert read(text) == read(GOOD), label


def test_everyone_is_asked_for_with_an_empty_audience() -> None:
    assert read(HEAD + BODY + "audience: {}\n").audience == {}


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-11-27T09:00:00Z", datetime(2026, 11, 27, 9, tzinfo=UTC)),
        ('"2026-11-27 09:00+05:30"', datetime(2026, 11, 27, 3, 30, tzinfo=UTC)),
    ],
)
def test_reads_moments(written: str, utc: datetime) -> None:
    assert read(f"{GOOD}send_at: {written}\n").send_at == utc


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"nowhere.yaml cannot be read: no such file or directory\."):
        read_text(tmp_path / "nowhere.yaml")
    with pytest.raises(UnreadableFile, match=r"cannot be read: is a directory\."):
        read_text(tmp_path)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: Café".encode("latin-1"))
    with pytest.raises(UnreadableFile, match=r"is not text in UTF-8 \(byte 9\); save it as UTF-8\."):
        read_text(latin)


@pytest.mark.parametrize("name", ["campaign.yaml", "reminder.yaml"])
def test_the_examples_are_campaigns(name: str) -> None:
    example = Path(__file__).parents[3] / "examples" / name
    definition = parse(read_text(example), where=name).checked(())
    assert definition.audience["tags"]


@pytest.mark.parametrize("priority", list(Priority))
def test_reads_a_priority(priority: Priority) -> None:
    assert read(f"{GOOD}priority: {priority}\n").priority is priority


@pytest.mark.parametrize("written", ["sales", "Sales", '" SALES "', '"\\uff33ales"'])
def test_a_topic_is_the_same_however_it_is_written(written: str) -> None:
    assert read(f"{GOOD}topic: {written}\n").topic == "sales"


def test_reads_alerts() -> None:
    own = "alerts: {failure_rate: 0.1, opt_out_rate: 0.02, minimum: 100, window_minutes: 30, pause: true}\n"
    assert read(GOOD + own).alerts == {
        "failure_rate": 0.1,
        "opt_out_rate": 0.02,
        "minimum": 100,
        "window_minutes": 30.0,
        "pause": True,
    }
    assert read(GOOD).alerts == {}


def test_priority_is_normal_unless_told_otherwise() -> None:
    assert read(GOOD).priority is Priority.NORMAL
