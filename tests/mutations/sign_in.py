"""Of signing in: what is good once, what is counted, and what nobody is told."""

from tests.mutations import Mutation

_SESSIONS = "src/looplane/sessions"

SIGN_IN = [
    Mutation(
        "a try before the pause has ended is a try",
        f"{_SESSIONS}/attempts/sql.py",
        "where a.paused_until <= $2\nreturning",
        "returning",
        "sign_in/test_pauses.py",
    ),
    Mutation(
        "an unknown address costs no hash",
        f"{_SESSIONS}/sign_in/commands.py",
        "    if not with_password:\n",
        "    if rows and not with_password:\n",
        "sign_in/test_password.py",
    ),
    Mutation(
        "asking for links where there is no mail uses up the owner's tries",
        f"{_SESSIONS}/attempts/commands.py",
        'return f"link to {email} in {workspace_id}"',
        'return f"link to {email}"',
        "sign_in/test_pauses.py",
    ),
    Mutation(
        "a code of the second factor is good as often as it is sent",
        f"{_SESSIONS}/second_factor/commands.py",
        'if step is None or step <= (row["totp_last_step"] or 0):',
        "if step is None:",
        "sign_in/test_second_factor.py",
    ),
    Mutation(
        "a code for recovery is good as often as it is sent",
        f"{_SESSIONS}/second_factor/sql.py",
        "and hash = $3 and used_at is null",
        "and hash = $3",
        "sign_in/test_second_factor.py",
    ),
    Mutation(
        "a password is set over one that was set meanwhile",
        f"{_SESSIONS}/credentials/sql.py",
        " where c.password_hash is not distinct from $5 returning",
        " where $5::text is null or true returning",
        "sign_in/test_password.py",
    ),
    Mutation(
        "another password leaves who knows the former one where they are",
        f"{_SESSIONS}/credentials/commands.py",
        "ended[:] = await end_others(con, context)",
        "ended[:] = []",
        "sign_in/test_password.py",
    ),
]
