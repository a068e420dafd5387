"""Surveys: their versions, who is in the middle of one, and what was answered."""
