"""The socket door: ``/ws/events``, live events with replay (design, section 4)."""
