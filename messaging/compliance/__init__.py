"""What numbers and names a message may leave from: by country, by registration, and how fast."""
