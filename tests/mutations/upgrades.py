"""Of databases that older programs left, and of disks that are full."""

from tests.mutations import Mutation

_EMBEDDED = "src/looplane/kit/embedded_pg"

UPGRADES = [
    Mutation(
        "the copy for a new major version is taken unseen",
        f"{_EMBEDDED}/major_upgrade.py",
        "if contents(newer, older, name) != contents(newer, newer, name):",
        "if not contents(newer, older, name):",
        "embedded_pg/test_major_upgrade.py",
    ),
    Mutation(
        "a change of places that was cut off begins an empty database",
        f"{_EMBEDDED}/major_upgrade.py",
        "        proved.rename(place.cluster)",
        "        shutil.rmtree(proved)",
        "embedded_pg/test_major_upgrade.py",
    ),
    Mutation(
        "two clusters that have changed places are taken for one that was not used",
        f"{_EMBEDDED}/major_upgrade.py",
        "elif _version(proved) < _version(place.cluster):",
        "elif False:",
        "embedded_pg/test_major_upgrade.py",
    ),
    Mutation(
        "a database that a move has closed is open after an upgrade",
        f"{_EMBEDDED}/major_upgrade.py",
        "            copy_settings(newer, older, newer, name)",
        "            continue",
        "embedded_pg/test_what_an_upgrade_keeps.py",
    ),
    Mutation(
        "what is generated is taken for rows that must be the same",
        "src/looplane/kit/all_tables.py",
        "  and a.attgenerated = ''",
        "",
        "embedded_pg/test_what_an_upgrade_keeps.py",
    ),
    Mutation(
        "what the first release applied in another locale counts as changed",
        "src/looplane/kit/ledger.py",
        'not file.was_applied_as(applied[name]["digest"])',
        'applied[name]["digest"] != file.digest',
        "test_locales.py",
    ),
    Mutation(
        "a write on a disk without room is begun",
        "src/looplane/kit/room.py",
        "        if free < RESERVE:",
        "        if free < 0:",
        "test_disk_full.py",
    ),
    Mutation(
        "a copy for a new major version is begun where it has no room",
        f"{_EMBEDDED}/major_upgrade.py",
        "    if free < needed:\n",
        "    if False:\n",
        "embedded_pg/test_major_upgrade.py",
    ),
]
