"""A Twilio to try everything on: an HTTP server that speaks the Messages API and calls webhooks as Twilio does.

It knows nothing of Tidings. Start it with `python -m simulator --port 8010`; everything it keeps is in memory.
"""
