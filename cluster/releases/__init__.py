"""What is deployed, and the way back.

A schema only grows: while nodes of two releases share the database, both must be able to use it.
What takes something away says from which release on it is no longer missed (its ``floor``), and no
rollback goes below a floor.
"""
