"""JSON that can not become markup, whatever page it lands in."""

from __future__ import annotations


def escape_markup(encoded: bytes) -> bytes:
    """Return encoded JSON with ``<``, ``>`` and ``&`` as escapes; they only occur inside strings."""
    if b"<" in encoded:
        encoded = encoded.replace(b"<", b"\\u003c")
    if b">" in encoded:
        encoded = encoded.replace(b">", b"\\u003e")
    if b"&" in encoded:
        encoded = encoded.replace(b"&", b"\\u0026")
    return encoded
