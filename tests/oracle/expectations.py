"""What holds where, written down for the oracle as the pages of `docs/` tell it; not read from our data."""

from datetime import date, time

EAST, CENTRAL, MOUNTAIN, PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"

AREAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "202": ("US-DC", (EAST,)),
    "212": ("US-NY", (EAST,)),
    "305": ("US-FL", (EAST,)),
    "850": ("US-FL", (EAST, CENTRAL)),
    "214": ("US-TX", (CENTRAL,)),
    "915": ("US-TX", (MOUNTAIN,)),
    "203": ("US-CT", (EAST,)),
    "401": ("US-RI", (EAST,)),
    "206": ("US-WA", (PACIFIC,)),
    "303": ("US-CO", (MOUNTAIN,)),
    "808": ("US-HI", ("Pacific/Honolulu",)),
    "602": ("US-AZ", ("America/Phoenix",)),
    "219": ("US-IN", (EAST, CENTRAL)),
    "701": ("US-ND", (CENTRAL, MOUNTAIN)),
    "208": ("US-ID", (MOUNTAIN, PACIFIC)),
    "541": ("US-OR", (MOUNTAIN, PACIFIC)),
    "423": ("US-TN", (EAST, CENTRAL)),
    "410": ("US-MD", (EAST,)),
    "201": ("US-NJ", (EAST,)),
    "405": ("US-OK", (CENTRAL,)),
    "601": ("US-MS", (CENTRAL,)),
    "907": ("US-AK", ("America/Anchorage", "America/Adak")),
    "702": ("US-NV", (PACIFIC,)),
    "787": ("US-PR", ("America/Puerto_Rico",)),
    "416": ("CA", ("America/Toronto",)),
    "306": ("CA", ("America/Regina",)),
}
"""The state and the zones of an area code; of some states both zones count, as nobody knows which."""

TOLL_FREE = ("800", "888")
ABROAD: dict[str, tuple[str, ...]] = {
    "GB": ("Europe/London",),
    "DE": ("Europe/Berlin",),
    "FR": ("Europe/Paris",),
    "AU": (
        "Australia/Perth",
        "Australia/Eucla",
        "Australia/Adelaide",
        "Australia/Brisbane",
        "Australia/Sydney",
        "Australia/Lord_Howe",
        "Indian/Christmas",
        "Indian/Cocos",
    ),
}
"""All zones of a country, as its mobile numbers tell no more."""

POSTCODES: dict[str, tuple[str, tuple[str, ...]]] = {
    "33101": ("US-FL", (EAST,)),
    "32501": ("US-FL", (CENTRAL,)),
    "75201": ("US-TX", (CENTRAL,)),
    "79901": ("US-TX", (CENTRAL, MOUNTAIN)),
    "02903": ("US-RI", (EAST,)),
    "06103": ("US-CT", (EAST,)),
    "98101": ("US-WA", (PACIFIC,)),
    "10001": ("US-NY", (EAST,)),
    "94105": ("US-CA", (PACIFIC,)),
    "60601": ("US-IL", (CENTRAL,)),
}
REGIONS: dict[str, tuple[str, ...]] = {
    "US-TX": (CENTRAL, MOUNTAIN),
    "US-FL": (EAST, CENTRAL),
    "US-RI": (EAST,),
    "US-WA": (PACIFIC,),
    "US-CT": (EAST,),
    "US-NY": (EAST,),
    "US-HI": ("Pacific/Honolulu",),
    "US-TN": (EAST, CENTRAL),
}
STRICT_STATES: dict[str, tuple[str, ...]] = {
    EAST: ("US-CT", "US-FL", "US-MD", "US-NJ", "US-RI"),
    CENTRAL: ("US-FL", "US-MS", "US-OK", "US-TX"),
    MOUNTAIN: ("US-TX",),
    PACIFIC: ("US-WA",),
    "Pacific/Honolulu": ("US-HI",),
}
"""In which zones the states lie for which a law or a policy has rules."""

ANYWHERE = (
    EAST,
    CENTRAL,
    MOUNTAIN,
    PACIFIC,
    "America/Phoenix",
    "America/Anchorage",
    "America/Adak",
    "Pacific/Honolulu",
)
"""The clocks of the United States, for a toll-free number."""

Day = tuple[time, time]
WEEKDAYS, SATURDAY, SUNDAY = range(5), 5, 6
EVERY_DAY = range(7)


def daily(opens: str, closes: str, days: range = EVERY_DAY) -> dict[int, Day]:
    """The same hours on some days of the week."""
    return {day: (time.fromisoformat(opens), time.fromisoformat(closes)) for day in days}


HOURS: dict[str, dict[int, Day]] = {
    "elsewhere": daily("08:00", "21:00"),
    "US": daily("08:00", "21:00"),
    "US-CT": daily("09:00", "20:00"),
    "US-FL": daily("08:00", "20:00"),
    "US-MD": daily("08:00", "20:00"),
    "US-MS": daily("08:00", "20:00"),
    "US-NJ": daily("08:00", "20:00"),
    "US-OK": daily("08:00", "20:00"),
    "US-WA": daily("08:00", "20:00"),
    "US-RI": {**daily("09:00", "18:00", WEEKDAYS), **daily("10:00", "17:00", range(5, 7))},
    "US-TX": {**daily("09:00", "21:00", range(6)), **daily("12:00", "21:00", range(6, 7))},
    "FR": daily("08:00", "22:00", range(6)),
}
CLOSED_ON_HOLIDAYS = frozenset({"FR"})

_MOVING = {2025: date(2025, 4, 20), 2026: date(2026, 4, 5), 2027: date(2027, 3, 28)}
_FIXED = {
    "FR": ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)),
    "DE": ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26)),
}
_AFTER_EASTER = {"FR": (1, 39, 50), "DE": (-2, 1, 39, 50)}


def is_holiday(country: str, day: date) -> bool:
    """A public holiday of the whole country."""
    easter = _MOVING[day.year]
    return (day.month, day.day) in _FIXED[country] or (day - easter).days in _AFTER_EASTER[country]


DOUBLE_OPT_IN = frozenset({"AT", "DE"})
SOFT_OPT_IN = frozenset({"AT", "DE", "FR", "GB", "IE", "NL"})
WITH_RULES = DOUBLE_OPT_IN | SOFT_OPT_IN | {"US"}
THREE_A_DAY = frozenset({"US-FL", "US-MD", "US-NJ", "US-OK"})
LAST_SECONDS = 7
"""In the last seconds of the hours nothing leaves: two for the request, five for Twilio's queue."""
