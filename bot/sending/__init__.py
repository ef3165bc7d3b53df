"""Sending: replies at once and in order, messages to many beside them, within the limits."""
