"""Organizations side by side: made and changed by a person, each with its own Twilio account and senders."""
