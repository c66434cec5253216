"""This app's rows of the permission table (contract, section 2)."""

from __future__ import annotations

from cluster.permissions import STATUS
from security.permissions import Grant, Row, declare

YES, OWN = Grant.YES, Grant.OWN

ME = "auth.me"
LOGOUT = "auth.logout"
TICKET = "ws.ticket"
MEMBERS = "member.manage"
KEYS = "credential.manage"
PROPERTY = "property.manage"
PROPERTIES = "property.open"
PEOPLE = "user.manage"
AUDIT = "audit.read"
BLOCKS = "block.manage"

ROWS = {
    ME: Row(guest=OWN, scope="", department=YES, front_desk=YES, manager=YES),
    LOGOUT: Row(department=YES, front_desk=YES, manager=YES),
    TICKET: Row(guest=OWN, scope="request:read", department=YES, front_desk=YES, manager=YES),
    MEMBERS: Row(manager=YES),
    KEYS: Row(manager=YES),
    PROPERTY: Row(manager=YES),
    PROPERTIES: Row(),
    PEOPLE: Row(),
    AUDIT: Row(manager=YES),
    BLOCKS: Row(),
    STATUS: Row(scope="ops", manager=YES),
}

declare(ROWS)
