"""Where Twilio says a number is from; blank where it does not know, as Twilio's own fields often are."""

from simulator.numbers import split_channel

_AREAS = {
    "202": ("WASHINGTON", "DC", "20001"),
    "212": ("NEW YORK", "NY", "10001"),
    "312": ("CHICAGO", "IL", "60601"),
    "415": ("SAN FRANCISCO", "CA", "94102"),
    "512": ("AUSTIN", "TX", "78701"),
    "617": ("BOSTON", "MA", "02108"),
    "702": ("LAS VEGAS", "NV", "89101"),
    "808": ("HONOLULU", "HI", "96813"),
}
_COUNTRIES = {"+1": "US", "+44": "GB", "+49": "DE", "+61": "AU", "+33": "FR", "+52": "MX", "+91": "IN"}


def place_fields(prefix: str, address: str) -> dict[str, str]:
    """`FromCity`, `FromState`, `FromZip` and `FromCountry` of an address, or `To…`."""
    number = split_channel(address)[1]
    city, state, postcode = _AREAS.get(number[2:5], ("", "", "")) if number.startswith("+1") else ("", "", "")
    country = next((name for code, name in _COUNTRIES.items() if number.startswith(code)), "")
    return {
        f"{prefix}City": city,
        f"{prefix}State": state,
        f"{prefix}Zip": postcode,
        f"{prefix}Country": country,
    }
