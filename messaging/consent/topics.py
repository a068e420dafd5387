"""What a campaign or a consent is about, in a word or two: "sales", "school news"."""

import unicodedata
from typing import Final

LONGEST_TOPIC: Final = 100
"""Characters."""


def plain_topic(written: str) -> str:
    """A topic as it is kept and compared: in small letters, with single spaces; "" is every topic.

    Whoever says no to "Sales" has said no to "sales".
    """
    return " ".join(unicodedata.normalize("NFKC", written).casefold().split())
