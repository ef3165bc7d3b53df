"""The same conversation as other libraries' documentation would have it written."""
