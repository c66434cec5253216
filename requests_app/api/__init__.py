"""The JSON door: who is asking, is the shape right, one verb or question, the answer."""
