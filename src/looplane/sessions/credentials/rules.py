"""Which passwords are good, and who may set one. Pure."""

import unicodedata
from datetime import datetime, timedelta

from looplane.kit.database import Row

# Who came by a link may set a password without the former one for so long: they have forgotten it.
_LINK_COUNTS_FOR = timedelta(minutes=10)
# Those of ten and more characters that are tried first by whoever tries.
_COMMON_TEXT = """
1234567890 12345678910 0123456789 0987654321 1111111111 0000000000 1234512345 1q2w3e4r5t
1qaz2wsx3edc qwertyuiop qwerty12345 qwerty123456 q1w2e3r4t5 asdfghjkl1 asdfghjkl; zxcvbnm123
password12 password123 password1234 passw0rd123 p@ssw0rd123 password1! passwordpassword
iloveyou12 iloveyou123 iloveyou1234 letmein123 letmein1234 welcome123 welcome1234 admin12345
admin123456 administrator changeme123 changeme1234 abcdefghij abcd123456 abc1234567 football123
baseball123 sunshine123 princess123 superman123 1234567891 123456789a a123456789 q123456789
11223344556 1122334455 5555555555 9876543210 looplane12 looplane123 correcthorsebatterystaple
"""
_COMMON = frozenset(_COMMON_TEXT.split())


def password_faults(field: str, password: str, email: str) -> list[str]:
    """What is wrong with a new password of the member with this address."""
    plain = unicodedata.normalize("NFKC", password).casefold().strip()
    if plain in _COMMON or len(set(plain)) <= 1:
        return [f"{field}: is one of the most common ones; choose another"]
    if plain == email.casefold():
        return [f"{field}: must not be the address"]
    return []


def is_fresh_from_link(session: Row, now: datetime) -> bool:
    """Whether the session was opened by a link, just now."""
    opened_at: datetime = session["created_at"]
    return session["opened_by"] == "link" and opened_at > now - _LINK_COUNTS_FOR
