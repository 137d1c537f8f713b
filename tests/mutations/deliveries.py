"""Of deliveries: how they are queued, taken, sent and written down."""

from tests.mutations import Mutation

_SQL = "src/looplane/delivery/sql.py"

DELIVERIES = [
    Mutation(
        "a message overtakes one of its thread that could not be delivered",
        _SQL,
        "    is_behind = d.state = 'queued' and {_IS_BEHIND}\n",
        "    is_behind = false\n",
        "delivery/test_deliver.py",
    ),
    Mutation(
        "a queue that two workers take goes out twice",
        _SQL,
        "    and (leased_until is null or leased_until <= $1)\n",
        "",
        "delivery/test_deliver.py",
    ),
]
