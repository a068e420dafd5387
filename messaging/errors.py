"""The root of every error that Tidings raises on purpose.

TidingsError
├── SettingsError        a setting is missing, a placeholder, or does not fit the others
└── (each room's own, beside what raises it)
"""


class TidingsError(Exception):
    """A mistake or a fault that a person can act on; its text is one sentence that says what to do."""


class SettingsError(TidingsError):
    """A setting is missing, a placeholder, or contradicts another; the text names it."""
