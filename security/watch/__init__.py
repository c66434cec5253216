"""Sources are watched: what ``security.threats`` finds in their calls adds up, fades, and may block them."""
