"""What Twilio tells of messages only when asked: final statuses that never came, prices and segments."""
