"""The documents, followed literally: what a new operator types, typed on a bare Debian machine."""
