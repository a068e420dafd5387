"""What happened, for whoever listens: noted with the change itself, put in order, streamed, delivered."""
