"""Reminders of appointments: rules kept, due instants followed, messages planned and withdrawn."""
