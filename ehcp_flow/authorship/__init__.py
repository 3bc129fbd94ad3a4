"""Who wrote which words: an edit as a delta against the text before it."""
