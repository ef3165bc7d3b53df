"""Broadcasts: a message of the staff to an audience, written by them in up to three languages."""
