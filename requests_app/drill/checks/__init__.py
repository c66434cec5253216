"""Pure questions to a journal. Each answers with sentences of what is wrong, or with a number."""
