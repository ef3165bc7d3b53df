"""``domov demo``: believable people who do not exist, registered through the real flows."""
