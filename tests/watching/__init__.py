"""What it is to be a process that serves: roles, drain, readiness."""
