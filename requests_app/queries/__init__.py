"""The questions of the hotel: everything that reads and changes nothing.

Each takes who asks; none returns what the caller may not see.
"""
