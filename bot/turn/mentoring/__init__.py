"""Mentoring in the conversation: /mentor, the buttons of a pair and of a request, what is asked."""
