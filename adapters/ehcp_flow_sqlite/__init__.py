"""Plans kept in one SQLite file."""
