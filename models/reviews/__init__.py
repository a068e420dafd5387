"""Texts that may be a refusal: their marketing is held until a person decides."""
