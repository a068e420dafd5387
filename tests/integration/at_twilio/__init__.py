"""Messages that Twilio keeps until their time: handed over, canceled, settled."""
