"""What an organization has decided about consent, hours, caps and retention: one YAML file, lawful by default."""
