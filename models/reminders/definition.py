"""Reminder rules as a person writes them, in one YAML file; every mistake is refused with its place.

rules:
  - name: evening before             # one reminder of this name for each start of an appointment
    kinds: [checkup, cleaning]       # optional: without it, appointments of every kind
    when: 1 day before at 18:00      # also: 24 hours before, 90 minutes before, 3 days before, on the day at 07:30
    text: 'We expect you on {{ appointment.weekday }} at {{ appointment.time }}.'
    only_if_unconfirmed: true        # optional; false if not given
    earliest: 08:00                  # optional, both or neither: the hours of the day, where the appointment is
    latest: 20:00
    minimum_notice: 2 hours          # optional: never later before the start than this
    useful_for: 6 hours              # optional: how late it may still leave; until the next reminder if not given
    channel: sms                     # optional
    schedule_at_twilio: false        # optional: hand it to Twilio ahead of time
    on_cancel:                       # optional: what is said when the appointment is cancelled
      text: 'Your appointment on {{ appointment.date }} is cancelled.'
      only_if_reminded: true         # optional; true if not given
answers: {}                          # optional: what people may answer (models/reminders/answers_section.py)
"""

from collections.abc import Collection
from dataclasses import dataclass

from ruamel.yaml.nodes import Node, SequenceNode

from messaging.reminders.answer_rules import Answers
from messaging.reminders.definition import ReminderRule, ReminderRules
from messaging.templates import CONTACT_FIELDS
from models.appointments.values import appointment_variables
from models.reminders.answers_section import parse_answers
from models.reminders.rule_section import parse_rule
from models.yaml_bodies import Bodies
from models.yaml_source import YamlSource

_MOST_RULES = 50


@dataclass(frozen=True, slots=True)
class WrittenRules:
    """A file that is right in itself; whether the variables of its texts exist is for `check` to say."""

    rules: ReminderRules
    answers: Answers
    bodies: Bodies

    def check(self, contact_attributes: Collection[str], appointment_attributes: Collection[str]) -> None:
        """Raises `DefinitionError` for a mistake in Liquid, an unknown variable and text too long in itself."""
        about = appointment_variables(appointment_attributes)
        self.bodies.check(CONTACT_FIELDS | set(contact_attributes) | about)


def parse(text: str, *, where: str) -> WrittenRules:
    """Reads the text of a rules file; `where` is its name in messages. Raises `DefinitionError`."""
    source = YamlSource(where=where, text=text.removeprefix("\ufeff"))
    bodies = Bodies(source)
    root = source.root()
    nodes = source.entries(root, of="reminder rules", known=("rules", "answers"))
    if "rules" not in nodes:
        raise source.refuse(root, '"rules" is missing; add it')
    rules = _rules(source, nodes["rules"], bodies)
    answers = parse_answers(source, nodes["answers"], bodies) if "answers" in nodes else Answers()
    return WrittenRules(ReminderRules(rules), answers, bodies)


def _rules(source: YamlSource, node: Node, bodies: Bodies) -> dict[str, ReminderRule]:
    if isinstance(node, SequenceNode) and not node.value:
        return {}  # no reminders any more
    items = source.items_of(node, "rules")
    if len(items) > _MOST_RULES:
        raise source.refuse(items[_MOST_RULES], f"there are more than {_MOST_RULES} rules")
    found: dict[str, ReminderRule] = {}
    for item in items:
        rule = parse_rule(source, item, bodies)
        if rule.name in found:
            raise source.refuse(item, f'there are two rules called "{rule.name}"; give one another name')
        _one_notice(source, item, rule, found.values())
        found[rule.name] = rule
    return found


def _one_notice(source: YamlSource, item: Node, rule: ReminderRule, earlier: Collection[ReminderRule]) -> None:
    """A cancellation is told once."""
    for other in earlier if rule.on_cancel else ():
        if other.on_cancel and (not rule.kinds or not other.kinds or rule.kinds & other.kinds):
            reason = f'"{rule.name}" and "{other.name}" both have on_cancel for the same appointments; keep one'
            raise source.refuse(item, reason)
