"""Operating models: who writes, reviews, signs, meets parents and sends, as a setting has it."""
