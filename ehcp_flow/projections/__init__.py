"""What can be asked of all plans at once: views of the log, kept beside it."""
