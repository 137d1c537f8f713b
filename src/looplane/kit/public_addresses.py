"""Which addresses are of the public internet: those that a stranger may have us connect to."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# What is not public and looks so, at least to some versions of Python: the agent of Azure's
# machines, and what is set apart for protocols, relays and documentation.
_APART = [
    ip_network(each)
    for each in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")
]
_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """Whether an address, as the resolver spells it, is of the public internet.

    An IPv6 address that stands for an IPv4 one is judged by that one.
    """
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return _is_public_v4(address)
    if (stands_for := _embedded(address)) is not None:
        return all(map(_is_public_v4, stands_for))
    return address in _UNICAST and address.is_global and not _is_apart(address)


def _is_public_v4(address: IPv4Address) -> bool:
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not special and not _is_apart(address)


def _is_apart(address: IPv4Address | IPv6Address) -> bool:
    return any(address in each for each in _APART if each.version == address.version)


def _embedded(address: IPv6Address) -> tuple[IPv4Address, ...] | None:
    """The IPv4 addresses to which packets for this one go in the end."""
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return None
