"""A term's reviews set up from one file: the file, who is chosen by it, and what is recorded."""
