"""How ``manage.py cluster`` ends, for scripts."""

from __future__ import annotations

DONE, FAILED, SILENT, NOBODY, DATABASE_AWAY = range(5)

EPILOG = """\
exit codes of send, drain, undrain and cache-clear:
  0  every node meant has confirmed
  1  a node refused or failed
  2  a node did not answer in time (also: wrong usage of this command)
  3  nobody is there, or there is no node of that name
exit codes of status, nodes and config:
  0  all is well · the nodes are configured alike
  1  degraded, no leader, or a node is suspect or down · a node is configured otherwise
  3  nobody is there
watch ends with 0, after Ctrl-C too. Every verb ends with 4 when the database can not be used.

A node is named by its instance id (INSTANCE_ID), as `manage.py cluster nodes` lists them. Orders go
through the database: Redis may be away. A node does each within half a second, or not at all when
it could not for a minute.
"""
