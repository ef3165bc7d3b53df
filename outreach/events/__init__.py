"""Events: from a draft to the thanks, and who comes."""
