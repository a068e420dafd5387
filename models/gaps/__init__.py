"""Times in which the receiver was away, and inbound messages that Twilio has and we might not."""
