"""Why a program does not start, known without what it would run."""


class ApiProcessError(Exception):
    """A process ended before it was ready; its own words say why."""


class PortTakenError(Exception):
    """Somebody else listens at the address."""
