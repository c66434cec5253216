"""What looks like an attack, and how much: values in, scored reasons out; no clock, no rows, no settings.

A reason is never a word alone but a word in a place where only a program would put it. Nothing here
refuses anybody; ``security.watch`` adds up what is found here, by source.
"""

from security.threats.behaviour import Call, conduct
from security.threats.scoring import Finding, Reason, in_text, in_texts

__all__ = ["Call", "Finding", "Reason", "conduct", "in_text", "in_texts"]
