"""Addresses and networks of callers: how they are spelled, and which is within which."""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Network = IPv4Network | IPv6Network

# The first bits of an IPv6 address that stands for one of IPv4.
_MAPPED = IPv6Network("::ffff:0:0/96")
# What one caller has of IPv6.
_NETWORK_BITS = 64


def parse_network(text: str) -> Network:
    """The network that an address or a range in CIDR notation spells.

    What IPv6 maps of IPv4 is IPv4. Raises ValueError, also for a range that names an address within
    it and for an address with a zone.
    """
    network = ip_network(text)
    if "%" in text:
        msg = "has a zone"
        raise ValueError(msg)
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        mapped = int(network.network_address) & 0xFFFFFFFF
        return IPv4Network((mapped, network.prefixlen - _MAPPED.prefixlen))
    return network


def spell_network(network: Network) -> str:
    """A network as it is answered: a single address without its length."""
    one = network.prefixlen == network.max_prefixlen
    return str(network.network_address if one else network)


def is_within(address: str, networks: Iterable[Network]) -> bool:
    """Whether `address` is in one of `networks`; what is no address is in none."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in networks)


def caller_network(address: str) -> str:
    """Whom an address stands for: itself, or with IPv6 the network that one caller has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address) or parsed.ipv4_mapped:
        return address
    return str(IPv6Network((int(parsed), _NETWORK_BITS), strict=False))


def is_covered(network: Network, by: Iterable[Network]) -> bool:
    """Whether all of `network` is in one network of `by`."""
    for each in by:
        if isinstance(network, IPv4Network) and isinstance(each, IPv4Network):
            if network.subnet_of(each):
                return True
        elif (
            isinstance(network, IPv6Network)
            and isinstance(each, IPv6Network)
            and network.subnet_of(each)
        ):
            return True
    return False
