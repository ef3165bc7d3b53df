"""Mentoring: requests, offers, rounds and matches, as rows."""
