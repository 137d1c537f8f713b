"""What goes wrong with backups."""


class BackupError(Exception):
    """Says why there is no backup, or nothing was restored or moved, and what to do."""
