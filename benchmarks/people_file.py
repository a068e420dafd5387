"""A CSV file of people, as a shop's export looks: numbers written in four ways, most of whom agreed."""

import csv
from collections.abc import Iterator
from pathlib import Path

_AREAS = (
    *("202", "206", "212", "213", "214", "215", "303", "305", "312", "313", "314", "402", "404", "407", "410"),
    *("412", "414", "415", "417", "419", "501", "502", "503", "504", "505", "507", "509", "512", "513", "515"),
    *("516", "517", "518", "601", "602", "603", "605", "606", "607", "608", "609", "612", "614", "615", "616"),
    *("617", "618", "619", "701", "702", "703", "704", "706", "707", "708", "712", "713", "714", "715", "716"),
    *("717", "718", "719", "801", "802", "803", "804", "805", "806", "808", "810", "812", "813", "814", "815"),
    *("816", "817", "818", "901", "903", "904", "906", "907", "908", "909", "910", "912", "913", "914", "915"),
    *("916", "917", "918", "919", "216", "217", "218", "219", "301", "302", "304", "307", "308", "309", "316"),
)
_LINES = 10_000
_NAMES = ("Ada", "Bo", "Cem", "Dana", "Eve", "Femi", "Gil", "Hana", "Ivo", "Jun")


def written(number: int) -> str:
    """The nth number of the exchange 555, which has no subscribers, as one of four people would write it."""
    area, line = _AREAS[number % len(_AREAS)], f"{number // len(_AREAS) % _LINES:04d}"
    ways = (f"+1{area}555{line}", f"({area}) 555-{line}", f"{area}-555-{line}", f"1 {area} 555 {line}")
    return ways[number * 7 % 4]


def rows(people: int) -> Iterator[tuple[str, ...]]:
    """Below the header: phone, first_name, last_name, email, city, consent_marketing, consent_at."""
    for number in range(people):
        name = _NAMES[number % len(_NAMES)]
        agreed = "yes" if number % 10 else "no"
        email = f"{name.lower()}{number}@example.com"
        yield written(number), name, f"Person {number}", email, "Springfield", agreed, "2026-01-15"


def write_people(path: Path, *, people: int) -> None:
    """Writes the file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["phone", "first_name", "last_name", "email", "city", "consent_marketing", "consent_at"])
        writer.writerows(rows(people))
