"""Reminders of appointments: what the rules say, and when each reminder is due."""
