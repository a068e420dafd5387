"""Who may use the JSON API: keys, what they allow, and how many requests a second."""
