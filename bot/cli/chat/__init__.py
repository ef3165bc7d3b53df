"""``domov chat``: the bot in a terminal, and conversations recorded as test cases."""
