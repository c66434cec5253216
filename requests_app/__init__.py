"""The hotel: what guests ask for and who answers."""
