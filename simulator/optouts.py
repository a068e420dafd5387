"""STOP, START and HELP as Twilio handles them before anyone else sees them.

Words and scope: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
"""

STOP_WORDS = frozenset(
    {"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"},
)
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})
ANSWERS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


def keyword(body: str) -> str | None:
    """STOP, START or HELP when the whole body is one of their words in any case, else None."""
    word = body.strip().upper()
    for name, words in (("STOP", STOP_WORDS), ("START", START_WORDS), ("HELP", HELP_WORDS)):
        if word in words:
            return name
    return None


class OptOuts:
    """Who told which sender (Messaging Service or number) to stop."""

    def __init__(self) -> None:
        self._stopped: set[tuple[str, str]] = set()

    def __len__(self) -> int:
        return len(self._stopped)

    def hear(self, word: str | None, *, person: str, sender_key: str) -> None:
        """Applies a keyword that a person sent."""
        if word == "STOP":
            self._stopped.add((sender_key, person))
        elif word == "START":
            self._stopped.discard((sender_key, person))

    def stopped(self, *, person: str, sender_key: str) -> bool:
        """Whether the person told this sender to stop."""
        return (sender_key, person) in self._stopped
