"""Automatic replies: an organization's rules, which of them fits a message, and what is answered within limits."""
