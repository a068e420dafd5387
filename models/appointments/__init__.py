"""Appointments: when a contact is expected, what became of it, and the one door through which it changes."""
