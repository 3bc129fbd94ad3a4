"""From results to what a person or a program reads."""
