"""How the simulated Twilio, its carriers and its people behave in the demo: as on a lively day."""

BEHAVIOUR = {
    "latency": {"low": 0.03, "high": 0.07},
    "delays": {
        "queued": {"low": 0.02, "high": 0.1},
        "sent": {"low": 0.1, "high": 0.5},
        "final": {"low": 0.2, "high": 1.0},
    },
    "outcomes": {"undelivered": 0.03, "undelivered_codes": [30003, 30008], "failed": 0.01, "sending": 0.1},
    "callbacks": {"duplicated": 0.05, "out_of_order": 0.05, "early": 0.02},
    "people": {"reply": 0.05, "stop": 0.03, "delay": {"low": 0.3, "high": 1.5}},
}
"""Shares and seconds of `simulator.settings`: one in twenty replies, three in a hundred say STOP.

No number turns out to be unreachable, or the second campaign would rightly leave it out.
"""
