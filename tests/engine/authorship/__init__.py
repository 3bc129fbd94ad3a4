"""Who wrote which words."""
