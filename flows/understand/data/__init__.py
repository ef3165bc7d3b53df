"""Data shipped with the package, and the scripts that made it."""
