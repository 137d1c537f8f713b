"""A workspace to look around in: a small company, its customers, and what they write to it."""
