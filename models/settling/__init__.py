"""Finds out what became of messages whose answer was lost: sent, not sent, or for a person to say."""
