"""Reminder rules as a person writes them, in one YAML file; every mistake is refused with its place."""

from messaging.reminders.definition import ReminderRules


class WrittenRules:
    rules: ReminderRules


def parse(text: str, *, where: str) -> WrittenRules:
    """Reads the text of a rules file; `where` is its name in messages. Raises `DefinitionError`."""
    raise NotImplementedError
