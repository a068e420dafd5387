"""Surveys as pure rules: what a survey is, how an answer is read, and what comes next."""
