"""The section `consent` of a policy: what counts as a consent to marketing.

consent:
  max_age_days: 730          # an older consent is none; no limit if not given
  double_opt_in: false       # where the country has no rule of its own
  soft_opt_in: false
  countries:                 # changes what `messaging/data/consent_regions.csv` says, key by key
    DE: {max_age_days: 365}
    BR: {double_opt_in: true}
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import phonenumbers
from ruamel.yaml.nodes import Node

from messaging.consent.region_rules import ConsentRules, RegionRule
from models.yaml_source import YamlSource
from models.yaml_values import count_of, true_of

__all__ = ["ConsentRules", "parse_consent"]

_OF_A_COUNTRY = ("double_opt_in", "soft_opt_in", "max_age_days")
_LONGEST_DAYS = 36_500


def parse_consent(source: YamlSource, node: Node) -> ConsentRules:
    """Reads the section; what it does not say keeps its default. Raises `DefinitionError`."""
    found = source.entries(node, of="consent", known=(*_OF_A_COUNTRY, "countries"))
    countries = found.pop("countries", None)
    rules = ConsentRules(**_values(source, found))
    if countries is None:
        return rules
    changed = {code: _rule(source, value, rules, code) for code, value in _countries(source, countries).items()}
    return replace(rules, countries={**rules.countries, **changed})


def _countries(source: YamlSource, node: Node) -> Mapping[str, Node]:
    found = source.pairs_of(node, "countries")
    for code, (key, _) in found.items():
        if code not in phonenumbers.SUPPORTED_REGIONS:
            raise source.refuse(key, f'there is no country "{code}"; use two letters of ISO 3166, like US or GB')
    return {code: value for code, (_, value) in found.items()}


def _rule(source: YamlSource, node: Node, rules: ConsentRules, code: str) -> RegionRule:
    """The country's rule, changed in what is given; a country without one begins with the general rule."""
    known = rules.countries.get(code) or RegionRule(rules.double_opt_in, rules.soft_opt_in)
    return replace(known, **_values(source, source.entries(node, of=code, known=_OF_A_COUNTRY)))


def _values(source: YamlSource, found: Mapping[str, Node]) -> dict[str, Any]:
    return {
        name: count_of(source, node, name, most=_LONGEST_DAYS)
        if name == "max_age_days"
        else true_of(source, node, name)
        for name, node in found.items()
    }
