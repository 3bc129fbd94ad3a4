"""Which sections a plan of a kind has, as data: the built-in templates and a setting's own."""
