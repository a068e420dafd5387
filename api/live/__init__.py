"""The live stream: events put in order, read by position, sent to whoever listens."""
