"""Threads between a contact and one of our addresses: who wrote last, what is unread, who answers."""
