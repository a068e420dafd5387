"""A campaign as a person writes it, in a small YAML file; every mistake is refused with its place.

name: Autumn sale
kind: marketing                      # or transactional
body: 'Hi {{ first_name | default: "there" }}, 20 % off!'   # Liquid over a contact's fields and attributes
topic: sales                         # optional: goes to who agreed to this topic, or to all
sensitive: true                      # optional: texts are kept only until they are sent
audience:                            # any of the tags and any of the countries; {} is everyone
  tags: [customer]
  countries: [US, GB]
rate: 50                             # optional: SMS segments a second
priority: urgent                     # optional: goes ahead of other campaigns of its sender; normal if not given
alerts:                              # optional: when people are told, where it differs from the settings
  failure_rate: 0.1
  opt_out_rate: 0.02
  minimum: 100
  window_minutes: 30
  pause: true
send_at: 2026-11-27T09:00:00-05:00   # optional
send_before: 2026-11-27T20:00:00-05:00   # optional: whoever was not sent to by then will not be
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn

from ruamel.yaml.nodes import ScalarNode

from messaging import segments
from messaging.segments import BodyTooLong
from messaging.templates import TemplateError
from models.campaigns.definition_alerts import alerts_of
from models.campaigns.definition_values import (
    audience_of,
    end_of,
    kind_value,
    moment_of,
    priority_of,
    rate_of,
    topic_of,
)
from models.campaigns.rendering import compile_body
from models.campaigns.tables import Priority
from models.policy.personal_data import refused_in, sentence
from models.policy.retention_section import Retention
from models.senders import MessageType
from models.yaml_source import DefinitionError, YamlSource
from models.yaml_text import offset_in_file
from models.yaml_values import true_of

__all__ = ["CampaignDefinition", "DefinitionError", "WrittenCampaign", "parse"]

_REQUIRED = ("name", "kind", "body", "audience")
_KEYS = (*_REQUIRED, "topic", "sensitive", "rate", "priority", "alerts", "send_at", "send_before")
_BODY_ADVICE = 'put it in quotes, or on lines of its own after "body: |"'


@dataclass(frozen=True, slots=True)
class CampaignDefinition:
    """A campaign that may be stored: `rate` in SMS segments a second, times in UTC; None if not given."""

    name: str
    kind: MessageType
    body: str
    tags: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    rate: float | None = None
    send_at: datetime | None = None
    send_before: datetime | None = None
    priority: Priority = Priority.NORMAL
    alerts: dict[str, float | bool] = field(default_factory=dict)
    topic: str = ""
    sensitive: bool = False

    @property
    def audience(self) -> dict[str, list[str]]:
        """The audience as it is stored: only the lists that were given."""
        lists = {"tags": self.tags, "countries": self.countries}
        return {name: list(values) for name, values in lists.items() if values}


_DEFAULT_RULES = Retention()


@dataclass(frozen=True, slots=True)
class WrittenCampaign:
    """A file that is right in itself; whether its body's variables exist is for `checked` to say."""

    definition: CampaignDefinition
    source: YamlSource
    body: ScalarNode

    def checked(self, attribute_names: Collection[str], rules: Retention = _DEFAULT_RULES) -> CampaignDefinition:
        """The definition, its body checked against a contact's fields and these attributes.

        Raises `DefinitionError` for a mistake in Liquid, an unknown variable, text that is too long in itself
        (more than 1,600 characters or 10 segments whatever the variables hold), and for numbers that may not
        stand in a text by the organization's `rules`.
        """
        refused = refused_in(self.definition.body, rules)
        if refused is not None:
            self._refuse(sentence(refused), refused.start)
        try:
            template = compile_body(self.definition.body, attribute_names)
            segments.check(template.fixed_text)
        except TemplateError as error:
            self._refuse(error.reason, error.offset)
        except BodyTooLong as error:
            self._refuse(f"{error}".rstrip("."), 0)
        return self.definition

    def _refuse(self, reason: str, offset: int) -> NoReturn:
        place = offset_in_file(self.body, file=self.source.text, body=self.definition.body, offset=offset)
        raise self.source.refuse_at(place, reason) from None


def parse(text: str, *, where: str) -> WrittenCampaign:
    """Reads the text of a campaign file; `where` is its name in messages. Raises `DefinitionError`."""
    source = YamlSource(where=where, text=text.removeprefix("\ufeff"))
    root = source.root()
    nodes = source.entries(root, of="a campaign", known=_KEYS)
    missing = [key for key in _REQUIRED if key not in nodes]
    if missing:
        raise source.refuse(root, _missing(missing[0]))
    tags, countries = audience_of(source, nodes["audience"])
    send_at = moment_of(source, nodes["send_at"], "send_at") if "send_at" in nodes else None
    definition = CampaignDefinition(
        name=source.text_of(nodes["name"], "name").strip(),
        kind=kind_value(source, nodes["kind"]),
        body=source.text_of(nodes["body"], "body", advice=_BODY_ADVICE).strip("\n"),
        tags=tags,
        countries=countries,
        rate=rate_of(source, nodes["rate"]) if "rate" in nodes else None,
        priority=priority_of(source, nodes["priority"]) if "priority" in nodes else Priority.NORMAL,
        alerts=alerts_of(source, nodes["alerts"]) if "alerts" in nodes else {},
        topic=topic_of(source, nodes["topic"]) if "topic" in nodes else "",
        sensitive="sensitive" in nodes and true_of(source, nodes["sensitive"], "sensitive"),
        send_at=send_at,
        send_before=end_of(source, nodes["send_before"], send_at=send_at) if "send_before" in nodes else None,
    )
    assert isinstance(nodes["body"], ScalarNode)  # noqa: S101 (text_of has refused every other)
    return WrittenCampaign(definition=definition, source=source, body=nodes["body"])


def _missing(key: str) -> str:
    if key == "audience":
        return '"audience" is missing; add "audience: {tags: [...]}", or "audience: {}" for everyone'
    return f'"{key}" is missing; add it'
