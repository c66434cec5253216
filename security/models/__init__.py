"""Who may come in: people, properties, and the keys they carry."""

from security.models.access import Membership, Property, Role, User
from security.models.audit import AuditCheckpoint, AuditEntry
from security.models.blocks import Block
from security.models.credentials import Credential, CredentialKind, SocketTicket
from security.models.sessions import StaffSession

__all__ = [
    "AuditCheckpoint",
    "AuditEntry",
    "Block",
    "Credential",
    "CredentialKind",
    "Membership",
    "Property",
    "Role",
    "SocketTicket",
    "StaffSession",
    "User",
]
