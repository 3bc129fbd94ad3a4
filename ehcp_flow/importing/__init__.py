"""What do other people's files say? Pure functions from bytes to values and faults."""
