"""Of backups, restores and moves: what arrives is what was sent."""

from tests.mutations import Mutation

_BACKUPS = "src/looplane/backups"
_RESTORE = "backups/test_restore.py"
_STOPPED = "backups/test_stopped.py"

BACKUPS = [
    Mutation(
        "what only newer servers know is sent to an older one",
        f"{_BACKUPS}/dumps.py",
        "    kept = (line for line in lines if not _DROPPED.match(line))\n",
        "    kept = iter(lines)\n",
        _RESTORE,
    ),
    Mutation(
        "a backup that was changed is taken",
        f"{_BACKUPS}/archive.py",
        "    if found != digest.hexdigest():\n",
        "    if not found:\n",
        _RESTORE,
    ),
    Mutation(
        "a file has its name before it is whole",
        f"{_BACKUPS}/archive.py",
        "    part = path.with_name(path.name + PART)\n",
        "    part = path\n",
        "backups/test_backup.py",
    ),
    Mutation(
        "a database is moved while somebody is in it",
        f"{_BACKUPS}/moving.py",
        "    if others:\n",
        "    if False:\n",
        "backups/test_move.py",
    ),
    Mutation(
        "what others made is removed with the oldest backups",
        f"{_BACKUPS}/schedule.py",
        "        if moment_of(path_of(part), whose):\n",
        "        if True:\n",
        "backups/test_backup.py",
    ),
    Mutation(
        "a database is open to writes while it is moved",
        f"{_BACKUPS}/moving.py",
        "    is_closed = was_closed or await _close(con, name)\n",
        "    is_closed = was_closed\n",
        "backups/test_move.py",
    ),
    Mutation(
        "a backup does not hold its tables before its moment",
        f"{_BACKUPS}/snapshot.py",
        '            await con.execute(sql.HOLD.format(tables=", ".join(tables), mode="access share"))\n',
        "            pass\n",
        "backups/test_backup.py",
    ),
    Mutation(
        "a backup of a time to come counts",
        f"{_BACKUPS}/schedule.py",
        "key=lambda each: (each[0] <= soon, *each)",
        "key=lambda each: each",
        "backups/test_backup.py",
    ),
    Mutation(
        "the backups of another Looplane count as ours",
        f"{_BACKUPS}/making.py",
        '    return f"{_PREFIX}{whose}-" if whose else _PREFIX\n',
        "    return _PREFIX\n",
        "backups/test_backup.py",
    ),
    Mutation(
        "a backup fills the disk that it is on",
        f"{_BACKUPS}/schedule.py",
        "    if free < needed:\n",
        "    if False:\n",
        "backups/test_backup.py",
    ),
    Mutation(
        "a backup is restored beside another key than its own",
        f"{_BACKUPS}/keys.py",
        "    elif fingerprint_of(ours) == (manifest.get(FINGERPRINT) or _of_included(path)):\n",
        "    elif True:\n",
        "backups/test_secret_keys.py",
    ),
    Mutation(
        "a restore that was killed at its end takes its own files for somebody's",
        f"{_BACKUPS}/restoring.py",
        "            if name in there and _is_same(settings.data_dir / name, content):\n",
        "            if False:\n",
        _RESTORE,
    ),
    Mutation(
        "a backup that is told to end dies in the middle",
        "src/looplane/cli/__main__.py",
        "    signal.signal(signal.SIGTERM, _end_as_by_ctrl_c)\n",
        "",
        _STOPPED,
    ),
    Mutation(
        "what a backup has started outlives it",
        f"{_BACKUPS}/schedule.py",
        "            os.killpg(process.pid, signal.SIGKILL)\n",
        "            process.kill()\n",
        _STOPPED,
    ),
    Mutation(
        "two rows that become one end a restore with a trace",
        f"{_BACKUPS}/restoring.py",
        "    except asyncpg.UniqueViolationError as error:\n",
        "    except asyncpg.CheckViolationError as error:\n",
        _RESTORE,
    ),
    Mutation(
        "a backup writes beside its folder",
        f"{_BACKUPS}/archive.py",
        ' and ".." not in parts',
        "",
        _RESTORE,
    ),
    Mutation(
        "a link with the name of a part is written through",
        f"{_BACKUPS}/archive.py",
        " | os.O_NOFOLLOW",
        "",
        "backups/test_backup.py",
    ),
    Mutation(
        "a folder of backups that cannot be read is none to be made in",
        f"{_BACKUPS}/schedule.py",
        "        return True  # whoever makes one says what is wrong with the folder\n",
        "        return False\n",
        "backups/test_backup.py",
    ),
]
