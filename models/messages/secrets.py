"""Sensitive messages: their words are kept apart, and only as long as they may still be sent.

`secret_body` holds them until the message is accepted, or will never be sent; the database empties it in the very
statement that says so (migration 0016). A lost answer is settled by them, so they stay until it is.
"""

STANDS_FOR = "[sensitive]"
"""What `body` says of a sensitive message: in lists, conversations, previews, events, exports and logs."""

BODY = "COALESCE(m.secret_body, m.body)"
"""The words that a message `m` is sent with, as SQL; None once they are gone."""
