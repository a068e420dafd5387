"""What is wrong with a sender, and what is worth knowing of it: for `tidings sender check`, status and doctor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from messaging.compliance.country_rules import Rule, objection, rule_for
from messaging.compliance.numbers import Registration, SenderKind, SenderNumber
from messaging.compliance.throughput import throughput_of_all
from models.senders import Sender

_TRIED = ("US", "CA", "GB")
"""Countries for which a rule exists, or which stand for all the others."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence on a sender. A `problem` keeps messages from leaving or arriving; the rest is good to know."""

    sentence: str
    problem: bool = False


def check_sender(
    sender: Sender, numbers: Sequence[SenderNumber], *, live: bool, country: str | None = None
) -> list[Finding]:
    """Everything there is to say of a sender, problems first; with a country only of sending there.

    A registration that is known to be missing is a problem in a live account, and only told otherwise.
    """
    if not numbers:
        return [_unknown(sender)]
    countries = [country] if country else list(_TRIED)
    found = [
        *_rules(numbers, countries, live=live),
        *_registrations(numbers),
        *_whatsapp(numbers),
        *_rate(sender, numbers),
    ]
    return sorted(dict.fromkeys(found), key=lambda finding: not finding.problem)


def is_unknown(numbers: Sequence[SenderNumber]) -> bool:
    """Whether nothing is known of what a sender sends from, or how its numbers are registered."""
    needing = [number for number in numbers if number.kind in (SenderKind.TEN_DLC, SenderKind.TOLL_FREE)]
    return not numbers or any(number.registration is Registration.UNKNOWN for number in needing)


def _unknown(sender: Sender) -> Finding:
    return Finding(
        f"Nobody has said what {sender.purpose} messages ({sender.channel}) are sent from, so nothing is checked; "
        f"write it down and give it with `tidings sender set {sender.purpose} FILE`."
    )


def _rules(numbers: Sequence[SenderNumber], countries: Sequence[str], *, live: bool) -> Iterator[Finding]:
    for number in numbers:
        for country in countries:
            rule = rule_for(number, country)
            if rule is None or (rule.rule is Rule.REGISTERED and not number.is_blocked):
                continue
            refused = objection(number, country, live=live) is not None
            nobody_may = refused and all(objection(each, country, live=live) for each in numbers)
            yield Finding(f"{number.address} to {country}: {rule.why}.", problem=nobody_may)


def _registrations(numbers: Sequence[SenderNumber]) -> Iterator[Finding]:
    for number in numbers:
        if is_unknown([number]):
            what = "A2P 10DLC campaign" if number.kind is SenderKind.TEN_DLC else "toll-free verification"
            yield Finding(f"{number.address}: nobody has said how far its {what} is; Twilio may block it.")


def _whatsapp(numbers: Sequence[SenderNumber]) -> Iterator[Finding]:
    for number in numbers:
        if number.daily_people is not None:
            yield Finding(f"{number.address} may write first to {number.daily_people:,} people in 24 hours.")
        if (number.quality or "").lower() in ("low", "red"):
            yield Finding(f"{number.address}: people block or report it, and Meta may lower its limit.")


def _rate(sender: Sender, numbers: Sequence[SenderNumber]) -> Iterator[Finding]:
    found = throughput_of_all(numbers)
    if found is None:
        return
    asked = sender.asked_rate or sender.rate
    if asked > found.segments_per_second:
        yield Finding(
            f"Its numbers may send {found.segments_per_second:g} segments a second, so it goes at that "
            f"and not at the {asked:g} that are set."
        )
    if found.t_mobile_per_day is not None:
        yield Finding(f"T-Mobile takes {found.t_mobile_per_day:,} segments a day of its brand.")
