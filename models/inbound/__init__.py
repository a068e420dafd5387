"""Messages that people send to us: read from Twilio's webhook, threaded, and their keywords obeyed."""
