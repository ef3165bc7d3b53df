"""The living database: tables, transactions, queries, migrations and exports."""
