"""The history of the tables. ``env.py`` is run by Alembic, ``storage.migrate`` runs Alembic."""
