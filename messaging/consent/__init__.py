"""Whether a person's consents allow a message: pure rules over facts, the same that SQL asks for many at once."""
