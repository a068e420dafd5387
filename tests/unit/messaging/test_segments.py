"""Segments as Twilio counts them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging import graphemes
from messaging.segments import BodyTooLong, SegmentCount, check, count

FAMILY = "👨‍👩‍👧‍👦"  # 11 units of 16 bits
COUNTED_BY_TWILIO = json.loads(
    (Path(__file__).parent / "data" / "counted_by_twilio.json").read_text(encoding="ascii")
)


@pytest.mark.parametrize(
    ("label", "body", "encoding", "segments", "units"),
    [
        ("empty", "", "GSM-7", 1, 0),
        ("one letter", "a", "GSM-7", 1, 1),
        ("at sign has septet 0", "@" * 161, "GSM-7", 2, 161),
        ("GSM full", "a" * 160, "GSM-7", 1, 160),
        ("GSM one over", "a" * 161, "GSM-7", 2, 161),
        ("GSM two parts full", "a" * 306, "GSM-7", 2, 306),
        ("GSM three parts", "a" * 307, "GSM-7", 3, 307),
        ("extended takes two", "€", "GSM-7", 1, 2),
        ("all extended", "[\\]^{|}~€\f", "GSM-7", 1, 20),
        ("extended full", "€" * 80, "GSM-7", 1, 160),
        ("extended not split over parts", "a" * 152 + "€" + "a" * 152, "GSM-7", 3, 306),
        ("extended at the very end of a part", "a" * 151 + "€" + "a" * 153, "GSM-7", 2, 306),
        ("extended over two parts", "€" * 153, "GSM-7", 3, 306),
        ("backtick is not GSM", "`", "UCS-2", 1, 1),
        ("upper-case Ç is GSM", "Ç" * 160, "GSM-7", 1, 160),
        ("lower-case ç is not", "ç" * 71, "UCS-2", 2, 71),
        ("Greek capitals are GSM", "ΔΦΓΛΩΠΨΣΘΞ", "GSM-7", 1, 10),
        ("CRLF is two", "a\r\nb", "GSM-7", 1, 4),
        ("CRLF does not make UCS-2", "\r\n" * 80, "GSM-7", 1, 160),
        ("tab is not GSM", "a\tb", "UCS-2", 1, 3),
        ("UCS-2 full", "я" * 70, "UCS-2", 1, 70),
        ("UCS-2 one over", "я" * 71, "UCS-2", 2, 71),
        ("UCS-2 two parts full", "я" * 134, "UCS-2", 2, 134),
        ("UCS-2 three parts", "я" * 135, "UCS-2", 3, 135),
        ("one letter makes all UCS-2", "a" * 70 + "я", "UCS-2", 2, 71),
        ("extended takes one in UCS-2", "€я", "UCS-2", 1, 2),
        ("emoji", "😀", "UCS-2", 1, 2),
        ("emoji full", "😀" * 35, "UCS-2", 1, 70),
        ("emoji pair not split: 33 a part", "😀" * 67, "UCS-2", 3, 134),
        ("flag not split", "a" * 66 + "🇩🇪" + "a" * 64, "UCS-2", 3, 134),
        ("skin tone not split", "a" * 65 + "👍🏽" + "a" * 65, "UCS-2", 3, 134),
        ("family not split", "a" * 60 + FAMILY + "a" * 56, "UCS-2", 2, 127),
        ("family moves whole", "a" * 60 + FAMILY + "a" * 57, "UCS-2", 3, 128),
        ("Hindi syllables", "नमस्ते " * 12, "UCS-2", 2, 84),
        ("Chinese", "中" * 140, "UCS-2", 3, 140),
    ],
)
def test_counts(label: str, body: str, encoding: str, segments: int, units: int) -> None:
    counted = count(body)
    assert (counted.encoding, counted.segments, counted.units) == (encoding, segments, units), label


@pytest.mark.parametrize("case", COUNTED_BY_TWILIO, ids=range(len(COUNTED_BY_TWILIO)))
def test_counts_as_twilios_calculator_did(case: dict[str, Any]) -> None:
    """Random mixtures of scripts and emoji, with what sms-segments-calculator 1.3.0 from npm answered."""
    assert count(case["body"])._asdict() == {name: case[name] for name in ("encoding", "segments", "units")}


@pytest.mark.parametrize(
    ("label", "text", "clusters"),
    [
        ("a letter each", "abc", ["a", "b", "c"]),
        ("a marked letter", "e\u0301a", ["e\u0301", "a"]),
        ("flags by two", "🇩🇪🇫🇷🇬", ["🇩🇪", "🇫🇷", "🇬"]),
        ("skin tone", "👍🏽👍", ["👍🏽", "👍"]),
        ("a family", FAMILY + "a", [FAMILY, "a"]),
        ("newer than Unicode 10: fire apart from heart", "❤️‍🔥", ["❤️‍", "🔥"]),
        ("newer than Unicode 10: a conjunct in two", "क्ष", ["क्", "ष"]),
        ("Hangul jamo", "\u1100\u1161\u11a8가\u11a8", ["\u1100\u1161\u11a8", "가\u11a8"]),
        ("CRLF apart", "\r\n", ["\r", "\n"]),
    ],
)
def test_splits_as_unicode_10(label: str, text: str, clusters: list[str]) -> None:
    assert graphemes.split(text) == clusters, label


@pytest.mark.parametrize(
    ("label", "body", "counted"),
    [
        ("ten segments of GSM-7", "a" * 1530, SegmentCount("GSM-7", 10, 1530)),
        ("ten segments of UCS-2", "я" * 670, SegmentCount("UCS-2", 10, 670)),
    ],
)
def test_longest_that_may_be_sent(label: str, body: str, counted: SegmentCount) -> None:
    assert check(body) == counted, label


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("a" * 1601, "The body has 1,601 characters and Twilio takes 1,600 at most"),
        ("a" * 1531, r"The body takes 11 segments \(GSM-7\) and 10 is the limit"),
        ("я" * 671, r"The body takes 11 segments \(UCS-2\) and 10 is the limit"),
    ],
    ids=["characters", "GSM-7", "UCS-2"],
)
def test_refuses_long_bodies(body: str, says: str) -> None:
    with pytest.raises(BodyTooLong, match=says):
        check(body)


@given(st.text())
def test_clusters_joined_are_the_text(text: str) -> None:
    clusters = graphemes.split(text)
    assert "".join(clusters) == text
    assert "" not in clusters


@given(st.text(alphabet="aé€я👍🏽🇩‍❤\r\n{", max_size=400))
def test_parts_hold_the_units_and_no_more_than_a_cluster_is_lost_a_part(body: str) -> None:
    encoding, segments, units = count(body)
    alone, part = (160, 153) if encoding == "GSM-7" else (70, 67)
    assert (segments == 1) == (units <= alone)
    longest = max((len(cluster) * 2 for cluster in graphemes.split(body)), default=0)
    if segments > 1 and longest < part:
        assert units / part <= segments <= units / max(part - longest, 1) + 1


@given(st.text(max_size=300), st.text(max_size=20))
def test_a_longer_body_never_takes_fewer_units(body: str, more: str) -> None:
    if count(body).encoding == count(body + more).encoding:
        assert count(body + more).units >= count(body).units
