"""The JSON API as clients meet it, over HTTP."""
