"""The shell's door to this app."""
