"""A process that serves: its server by role, its doors, its way out.

``all`` and ``live`` run on uvicorn, ``web`` on granian, each in the one process that is the node.
"""
