"""The back office's rooms about people, properties, keys and blocks."""

from security.admin import audit, blocks, credentials, members, people, properties

__all__ = ["audit", "blocks", "credentials", "members", "people", "properties"]
