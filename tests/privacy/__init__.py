"""Forgetting a guest."""
