"""Everything held of a person, for themselves: a page to read (``page``), and how it looks
(``html``). What is held: :mod:`storage.privacy`."""
