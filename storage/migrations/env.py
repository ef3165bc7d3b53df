"""Run by Alembic: connects the history in versions/ with a connection.

``storage.migrate`` hands in a connection that already holds the lock and the transaction.
For a new revision: ``alembic -c storage/migrations/alembic.ini -x url=sqlite:///x.sqlite3
revision --autogenerate --rev-id 0002 -m "what changes"`` on a migrated scratch database, then
raise ``storage.schema.HEAD``.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy.engine import Connection
from sqlmodel.sql.sqltypes import AutoString

from storage.connections import Link
from storage.tables import Table
from storage.types import JsonText, Moment
from storage.urls import parse_url


def render(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Column types in plain SQLAlchemy: a revision must not change with the code."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True).with_variant(sa.String(27), 'sqlite')"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, JsonText):
        return "sa.Text()"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_server_default=True,
        render_item=render,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    link = Link(parse_url(context.get_x_argument(as_dictionary=True)["url"]), reading=False)
    link.begin()
    run(link.transaction().connection)
    link.commit()
    link.close()
