"""The limits of the law as they run for the plans of one setting."""
