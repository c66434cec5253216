"""The back office's rooms about people, properties, keys and blocks."""

from security.admin import blocks, credentials, members, people, properties

__all__ = ["blocks", "credentials", "members", "people", "properties"]
