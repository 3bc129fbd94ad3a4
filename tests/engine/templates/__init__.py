"""Plan templates: what a file must say, and what the built-in ones do."""
