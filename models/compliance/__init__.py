"""What each sender sends from, as a person told it, and what follows: its rate, and where it may not send."""
