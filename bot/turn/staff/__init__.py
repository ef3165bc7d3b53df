"""What staff do in the bot: ``/staff`` and the guided conversations behind it (docs/staff.md)."""
