"""Mentoring: rounds that bring people together, and what follows until they have met."""
