"""Texts that may be a refusal: their marketing is held until a person decides.

A run waits for the decision as long as it lasts: its messages stay planned, `held_for` review, until their last
moment. Then they are skipped, with the reason `in_review`. A decision to keep makes them due at once.
"""
