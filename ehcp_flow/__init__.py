"""Who wrote each section of an EHC plan, what it said on any day, and who signed exactly that."""
