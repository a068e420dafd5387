"""Direct messages: to one contact or number, without a campaign, by the same outbox as a campaign's."""
