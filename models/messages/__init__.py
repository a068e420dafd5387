"""Messages in and out: the log that for outbound ones is also the outbox."""
