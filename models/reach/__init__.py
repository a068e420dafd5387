"""Whether a number can be reached at all, channel by channel: what Twilio's codes say, and what ends it."""
