"""Recognises that a person wants no more messages, in whatever words: a small matcher over two tables of phrases.

Every verdict names the phrase that it comes from. Nothing is learnt, nothing is downloaded.
"""

from messaging.refusals.judging import Refusal, Verdict, judge

__all__ = ["Refusal", "Verdict", "judge"]
