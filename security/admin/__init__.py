"""The back office's rooms about people, properties and keys."""

from security.admin import credentials, members, people, properties

__all__ = ["credentials", "members", "people", "properties"]
