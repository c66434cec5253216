"""The guest's own pages: what they asked for, and a form to ask for more. No script is needed."""
