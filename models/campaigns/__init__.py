"""Campaigns: what to send to whom, and each occurrence of sending it."""
