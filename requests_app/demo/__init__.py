"""The demo hotel: its people, and as much history as somebody wants to look at.

The history is told as if the actions had run: rows, events, counters and daily counts agree. It
is written in bulk, because a million requests are also what ``make bench`` measures on.
"""
