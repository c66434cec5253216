"""The back office's rooms about people, properties and keys."""

from security.admin import audit, credentials, members, people, properties

__all__ = ["audit", "credentials", "members", "people", "properties"]
