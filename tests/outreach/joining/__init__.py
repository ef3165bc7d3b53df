"""Two accounts of one person: what is weighed, joined, undone and settled."""
