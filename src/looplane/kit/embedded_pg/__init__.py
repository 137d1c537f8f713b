"""A PostgreSQL of our own: made, started, kept alive and stopped by this process."""
