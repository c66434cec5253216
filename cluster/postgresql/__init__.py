"""Django's PostgreSQL backend, with an eye on whether there is a PostgreSQL."""
