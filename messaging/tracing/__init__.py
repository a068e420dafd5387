"""Traces of what happens to a message, from the request that asked for it to Twilio's last callback."""
