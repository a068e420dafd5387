"""Campaigns against a faulty Twilio while processes are killed; the simulator's own log is the judge.

`make test` runs the short form, `make chaos` the long one (`python -m tests.chaos --help`).
"""
