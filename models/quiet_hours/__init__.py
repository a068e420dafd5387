"""Quiet hours of messages: who must wait, until when, and what people are told of it."""
