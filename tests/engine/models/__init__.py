"""Operating models: their files, their answers, and who is let."""
