"""Where a person may be, from the number and from what is stored."""

import pytest

from messaging.quiet_hours.places import place_of
from messaging.quiet_hours.zones import same_clock

NEW_YORK, CHICAGO, DENVER, LOS_ANGELES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)


@pytest.mark.parametrize(
    ("label", "phone", "stored", "zones", "regions"),
    [
        ("an area code of one zone", "+12125550100", {}, {NEW_YORK}, {"US-NY"}),
        ("a split area code: both zones", "+18505550100", {}, {NEW_YORK, CHICAGO}, {"US-FL"}),
        ("an overlay is split as the code under it", "+14485550100", {}, {NEW_YORK, CHICAGO}, {"US-FL"}),
        ("a stored zone decides between them", "+18505550100", {"timezone": CHICAGO}, {CHICAGO}, {"US-FL"}),
        ("a stored zone by another name", "+13135550100", {"timezone": "US/Eastern"}, {"US/Eastern"}, {"US-MI"}),
        (
            "who took the number along: the code's state, and every state of the zone",
            "+13055550100",
            {"timezone": "Pacific/Honolulu"},
            {"Pacific/Honolulu"},
            {"US-FL", "US-HI"},
        ),
        ("a stored state counts before the code", "+13055550100", {"region": "US-NY"}, {NEW_YORK}, {"US-NY"}),
        ("a state without its country", "+13055550100", {"region": "ny"}, {NEW_YORK}, {"US-NY"}),
        ("a postcode counts before the code", "+13055550100", {"postcode": "80202"}, {DENVER}, {"US-CO"}),
        (
            "a state counts before the postcode",
            "+13055550100",
            {"postcode": "80202", "region": "OR"},
            None,
            {"US-OR"},
        ),
        ("a postcode of two zones", "+13055550100", {"postcode": "37402"}, {NEW_YORK, CHICAGO}, {"US-TN"}),
        ("a postcode that is none", "+13055550100", {"postcode": "?"}, {NEW_YORK}, {"US-FL"}),
        ("a zone that is none", "+13055550100", {"timezone": "Mars/Olympus"}, {NEW_YORK}, {"US-FL"}),
        ("a territory keeps federal rules", "+17875550100", {"country": "PR"}, None, {"US-PR"}),
        (
            "who took a territory's number along: it tells no more than an area code",
            "+17875550100",
            {"country": "PR", "timezone": "Pacific/Honolulu"},
            {"Pacific/Honolulu"},
            {"US-PR", "US-HI"},
        ),
        ("a territory's country without its number", "+18005550100", {"country": "GU"}, None, {"US-GU"}),
        ("a number of Canada", "+14165550100", {"country": "CA"}, {"America/Toronto"}, {"CA"}),
        ("a number of Germany", "+493023125000", {"country": "DE"}, {"Europe/Berlin"}, {"DE"}),
        ("a part of Germany", "+493023125000", {"country": "DE", "region": "be"}, {"Europe/Berlin"}, {"DE-BE"}),
        ("a region of another country", "+493023125000", {"country": "DE", "region": "US-FL"}, None, {"DE"}),
        (
            "someone in the US with a German number",
            "+4930231250",
            {"timezone": "US/Alaska"},
            {"US/Alaska"},
            {"US-AK"},
        ),
        ("an American number, no country stored", "+18505550100", {"country": ""}, {NEW_YORK, CHICAGO}, {"US-FL"}),
        ("a territory's, no country stored", "+17875550100", {"country": None}, None, {"US-PR"}),
        ("a Canadian's, no country stored", "+14165550100", {"country": None}, {"America/Toronto"}, set()),
        ("a French one's, no country stored", "+33199000000", {"country": None}, {"Europe/Paris"}, {"FR"}),
        ("a British one's, no country stored", "+442079460100", {"country": None}, None, {"GB"}),
        ("a number of no country", "+88212345678", {"country": None}, set(), set()),
    ],
)
def test_places(
    label: str, phone: str, stored: dict[str, str | None], zones: set[str] | None, regions: set[str]
) -> None:
    place = place_of(phone, **{"country": "US", **stored})
    assert set(place.regions) == regions, label
    if zones is not None:
        assert set(place.zones) == zones, label


def test_a_number_without_a_place_may_be_anywhere_in_its_country() -> None:
    toll_free = place_of("+18005550100", country="US")
    assert len(toll_free.regions) == 51
    assert {"Pacific/Honolulu", NEW_YORK} <= set(toll_free.zones)
    mobile = place_of("+61491570156", country="AU")
    assert {"Australia/Perth", "Australia/Lord_Howe", "Australia/Sydney"} <= set(mobile.zones)


def test_the_first_six_characters_of_a_number_are_enough() -> None:
    for phone, country in (("+18505550100", "US"), ("+61491570156", "AU"), ("+5592991234567", "BR")):
        assert set(place_of(phone[:6], country=country).zones) >= set(place_of(phone, country=country).zones)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("America/Detroit", NEW_YORK, True),
        ("America/Phoenix", DENVER, False),
        ("Australia/Lord_Howe", "Australia/Sydney", False),
        ("Europe/London", "Europe/Dublin", True),
    ],
)
def test_zones_are_compared_by_their_clock(one: str, other: str, same: bool) -> None:  # noqa: FBT001 (a case)
    assert same_clock(one, other) is same
