"""The clients: writers, readers, listeners and watchers, each bounded, each writing into one journal."""
