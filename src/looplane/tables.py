"""What the database is to hold for this program: it is known without the rest of the program."""

from looplane.kit.migrations import read_migrations
from looplane.threads.update.sql import UPDATE_FUNCTION as THREAD_UPDATE

FUNCTIONS = (THREAD_UPDATE,)
MIGRATIONS = read_migrations(FUNCTIONS)
