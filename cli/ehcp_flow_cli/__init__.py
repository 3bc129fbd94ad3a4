"""The terminal: words to use cases, results to lines."""
