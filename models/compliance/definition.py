"""What a sender sends from, as a person writes it in a small YAML file; every mistake is refused with its place.

numbers:
  - number: "+12025550100"       # North American: needs a registered A2P 10DLC campaign to reach the US
    registration: registered     # unknown (the default), unregistered, pending, registered or rejected
    brand: BN…                   # optional, as are all keys but number
    campaign: CM…                # numbers of one campaign share its throughput
    trust_score: 82              # 0 to 100; leave it out for a brand that was not vetted
    low_volume: true             # a low-volume standard brand
  - {number: "+18005550100", registration: registered}   # toll-free: registered means verified
  - {number: "72345", country: US}                       # a short code, and its country
  - {number: Acme}                                       # a name
  - {number: "+14155550155", quality: high, daily_people: 10000}   # WhatsApp: quality rating, messaging limit
"""

from typing import Final

import phonenumbers
from ruamel.yaml.nodes import Node, ScalarNode

from messaging.compliance.numbers import NotASender, Registration, SenderNumber, kind_and_country
from models.yaml_source import YamlSource, kind_of, suggestion
from models.yaml_values import count_of, number_of, true_of

_TEXTS: Final = ("brand", "campaign", "quality")
_KEYS: Final = ("number", "country", "registration", *_TEXTS, "trust_score", "low_volume", "daily_people")
_MOST_PEOPLE: Final = 1_000_000_000


def parse_numbers(text: str, *, where: str, channel: str) -> list[SenderNumber]:
    """Reads the text of a file for a sender on a channel; `where` is its name. Raises `DefinitionError`."""
    source = YamlSource(where=where, text=text.removeprefix("\ufeff"))
    root = source.root()
    given = source.entries(root, of="a sender", known=("numbers",))
    if "numbers" not in given:
        raise source.refuse(root, '"numbers" is missing; add it')
    found: dict[str, SenderNumber] = {}
    for node in source.items_of(given["numbers"], "numbers"):
        number = _number(source, node, channel=channel)
        if number.address in found:
            raise source.refuse(node, f"{number.address} is written twice; keep one")
        found[number.address] = number
    return list(found.values())


def _number(source: YamlSource, node: Node, *, channel: str) -> SenderNumber:
    given = source.entries(node, of="a number", known=_KEYS)
    if "number" not in given:
        raise source.refuse(node, '"number" is missing; add it')
    address = source.text_of(given["number"], "number").strip()
    said = _country(source, given["country"]) if "country" in given else None
    try:
        kind, country = kind_and_country(address, channel=channel, country=said)
    except NotASender as error:
        raise source.refuse(given["number"], str(error).rstrip(".")) from None
    return SenderNumber(
        address=address,
        kind=kind,
        country=country,
        registration=_registration(source, given["registration"])
        if "registration" in given
        else Registration.UNKNOWN,
        **{name: source.text_of(given[name], name).strip() for name in _TEXTS if name in given},
        trust_score=_score(source, given["trust_score"]) if "trust_score" in given else None,
        low_volume=true_of(source, given["low_volume"], "low_volume") if "low_volume" in given else False,
        daily_people=_people(source, given["daily_people"]) if "daily_people" in given else None,
    )


def _country(source: YamlSource, node: Node) -> str:
    if not isinstance(node, ScalarNode) or node.value not in phonenumbers.SUPPORTED_REGIONS:
        raise source.refuse(node, f"country must be two capital letters, such as GB, not {kind_of(node)}")
    return str(node.value)


def _registration(source: YamlSource, node: Node) -> Registration:
    name = source.text_of(node, "registration")
    if name not in set(Registration):
        raise source.refuse(node, f'there is no registration "{name}"{suggestion(name, list(Registration))}')
    return Registration(name)


def _score(source: YamlSource, node: Node) -> int:
    value = number_of(source, node, "trust_score")
    if not (value.is_integer() and 0 <= value <= 100):
        raise source.refuse(node, f"trust_score must be a whole number from 0 to 100, not {value:g}")
    return int(value)


def _people(source: YamlSource, node: Node) -> int:
    return count_of(source, node, "daily_people", most=_MOST_PEOPLE)
