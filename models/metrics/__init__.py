"""Figures of the whole installation for whoever runs it."""
