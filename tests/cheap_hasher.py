"""What hashes passwords as the program does, but for its price."""

from functools import partial

from argon2 import PasswordHasher

cheap_hasher = partial(PasswordHasher, time_cost=2, memory_cost=64, parallelism=1)
