"""`tidings demo`: two campaigns on a fresh home, and a judge who believes only what the simulated Twilio saw."""
