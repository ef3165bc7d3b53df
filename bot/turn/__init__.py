"""One event in, one transaction, replies out (docs/architecture.md, "A turn")."""
