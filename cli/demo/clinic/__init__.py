"""A clinic's night in half a minute: reminders over a change of the clocks, answers, moves and cancellations."""
