"""Alerts: campaigns and senders in which too many messages fail, or too many people opt out."""
