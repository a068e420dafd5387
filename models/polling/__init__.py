"""Messages whose final status never came: looked up at Twilio, a few times, then left as they are."""
