"""Our own settings without the middleware."""
