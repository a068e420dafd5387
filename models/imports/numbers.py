"""The phone numbers of a chunk: each distinct one is parsed once."""

from collections.abc import Iterable

from messaging.phone_refusals import PhoneFault, PhoneRefused
from messaging.phones import Phone, parse
from models.imports.countries import region_of
from models.imports.faults import Fault
from models.imports.rules import Accept

_MISSING = Fault(PhoneFault.EMPTY, str(PhoneRefused(PhoneFault.EMPTY)), "")


def read_numbers(
    phones: Iterable[str | None], countries: Iterable[str | None], *, region: str, accept: Accept
) -> list[Phone | Fault]:
    """Each number read as dialled in its row's country (code or English name), or in `region` where it has none.

    In a country that is not known only an international number is read: another one could be anybody's.
    """
    pairs = list(zip(phones, countries, strict=True))
    read = {pair: _read(*pair, region=region, accept=accept) for pair in set(pairs)}
    return [read[pair] for pair in pairs]


def _read(raw: str | None, country: str | None, *, region: str, accept: Accept) -> Phone | Fault:
    if raw is None:
        return _MISSING
    try:
        return parse(raw, region=region if country is None else region_of(country), accept=accept)
    except PhoneRefused as refused:
        if refused.code is PhoneFault.UNKNOWN_COUNTRY and country and region_of(country) is None:
            reason = f'The country "{country[:40]}" is not known; write its English name or two-letter code.'
            return Fault(refused.code, reason, raw)
        return Fault(refused.code, str(refused), raw)
