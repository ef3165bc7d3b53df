"""A web chat on this machine, where one can be several people at once and see what they see."""
