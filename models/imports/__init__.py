"""Files of contacts, read row by row and merged into the contacts and consents that are there."""
