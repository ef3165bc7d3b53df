"""Audiences: the text, its meaning, and counting."""
