"""Coming from the old system."""
