"""What an operator of the hotel types."""
