"""Why a message would not arrive, as SQL: its number cannot be reached, or its sender may not send to its country.

Asked where a message is planned and claimed, after whether its person may be written to at all.
"""


def undeliverable(*, contact: str = "ct", sender: str = ":sender_id") -> str:
    """The reason, or NULL, of a message `m` (channel, country) to a row of contacts, by a sender's id."""
    return f"""
        CASE WHEN m.channel = ANY({contact}.unreachable_on) THEN 'unreachable_number'
            WHEN m.country = ANY(CAST((SELECT s.refused_countries FROM senders s WHERE s.id = {sender}) AS text[]))
                THEN 'sender_not_allowed' END
    """  # noqa: S608 (only the text above is put in)
