"""`tidings demo`: two campaigns, a clinic, and a judge who believes only what the simulated Twilio saw."""
