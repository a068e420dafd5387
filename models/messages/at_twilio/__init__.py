"""Messages that Twilio keeps until their time (`SendAt`): which it may keep, and how they are taken back."""
