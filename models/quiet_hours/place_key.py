"""What of a person and a number tells the place, as one short text: a million people are of few places."""

from functools import lru_cache

from messaging.quiet_hours.places import Place, place_of

_MARK, _PARTS = "\x1f", 5

PLACE_KEY = f"""
    concat_ws(chr({ord(_MARK)}), COALESCE(ct.timezone, ''), COALESCE(ct.region, ''),
        CASE WHEN m.country = 'US' THEN COALESCE(left(ct.postcode, 3), '') ELSE '' END, COALESCE(m.country, ''),
        left(m.phone, CASE WHEN m.phone LIKE '+1%' THEN 5 ELSE 6 END))
"""
"""The key of a message `m` (its phone and country) and its contact `ct`, who may be unknown; never NULL."""


@lru_cache(maxsize=65_536)
def place_of_key(key: str) -> Place:
    """The place that such a key tells; one that no person's fields could make is no place."""
    parts = key.split(_MARK)
    if len(parts) != _PARTS:
        return Place(frozenset())
    timezone, region, postcode, country, phone = parts
    return place_of(phone, timezone=timezone, postcode=postcode, region=region, country=country)
