"""The lab's network: hosts in network namespaces of their own, on three bridges of a gateway.

    clients 10.20.0.0/24 ── gateway ── servers 10.30.0.0/24
                               └────── outside 203.0.113.0/24, 198.51.100.0/24 (RFC 5737)

What the sensor sees is what passes the bridge `clients`.
"""

import contextlib
import ipaddress
import os
import pathlib
import signal
import subprocess

PREFIX = "sluicelab-"
GATEWAY = "gateway"
SENSOR = "clients"

# A bridge of the gateway, and its own addresses there.
BRIDGES = {
    "clients": ["10.20.0.1/24", "fd00:20::1/64"],
    "servers": ["10.30.0.1/24", "169.254.169.1/24"],
    "outside": ["203.0.113.1/24", "198.51.100.1/24", "2001:db8:113::1/64"],
}

# A host's bridge and addresses; the first of a family is the one that it calls from.
HOSTS = {
    "ws11": ("clients", ["10.20.0.11/24", "fd00:20::11/64"]),
    "ws12": ("clients", ["10.20.0.12/24", "fd00:20::12/64"]),
    "build21": ("clients", ["10.20.0.21/24", "fd00:20::21/64"]),
    "servers": (
        "servers",
        ["10.30.0.53/24", "10.30.0.21/24", "10.30.0.25/24", "10.30.0.69/24", "10.30.0.80/24", "10.30.0.90/24"]
        + ["169.254.169.254/24"],
    ),
    "outside": (
        "outside",
        ["203.0.113.80/24", "203.0.113.21/24", "203.0.113.44/24", "203.0.113.53/24", "203.0.113.69/24"]
        + ["203.0.113.90/24", "198.51.100.25/24", "198.51.100.53/24", "198.51.100.80/24", "2001:db8:113::80/64"],
    ),
}

RESOLVER = "10.30.0.53"


def inside(host, command):
    """The command, run on a host."""
    return ["ip", "netns", "exec", PREFIX + host, *command]


def up():
    """Builds the network."""
    _ip("netns", "add", PREFIX + GATEWAY)
    _on(GATEWAY, "sysctl", "-q", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
    _on(GATEWAY, "ip", "link", "set", "lo", "up")
    for bridge, addresses in BRIDGES.items():
        _on(GATEWAY, "ip", "link", "add", bridge, "type", "bridge")
        _address(GATEWAY, bridge, addresses)
    for host, (bridge, addresses) in HOSTS.items():
        _host(host, bridge, addresses)


def down():
    """Removes all of it, also what a run that was killed left behind."""
    for host in [*HOSTS, GATEWAY]:
        _end_all_on(host)
        subprocess.run(["ip", "netns", "delete", PREFIX + host], check=False, stderr=subprocess.DEVNULL)
        resolv = _resolv(host)
        resolv.unlink(missing_ok=True)
        if resolv.parent.is_dir():
            resolv.parent.rmdir()


def _end_all_on(host):
    """Ends what still runs on a host: a command may leave something behind."""
    listing = subprocess.run(["ip", "netns", "pids", PREFIX + host], capture_output=True, text=True, check=False)
    for process in listing.stdout.split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(process), signal.SIGKILL)


def _host(host, bridge, addresses):
    _ip("netns", "add", PREFIX + host)
    port = "to-" + host
    _on(GATEWAY, "ip", "link", "add", port, "type", "veth", "peer", "eth0", "netns", PREFIX + host)
    _on(GATEWAY, "ip", "link", "set", port, "master", bridge, "up")
    _on(host, "ip", "link", "set", "lo", "up")
    _on(host, "sysctl", "-q", "net.ipv6.conf.eth0.accept_ra=0", "net.ipv4.ping_group_range=0 2147483647")
    # Segments as they are on a wire: without this the sensor sees 64 KB at once, with checksums not yet made.
    _on(host, "ethtool", "-K", "eth0", "tso", "off", "gso", "off", "tx", "off")
    _address(host, "eth0", addresses)
    for via in BRIDGES[bridge]:
        gateway = ipaddress.ip_interface(via).ip
        if not gateway.is_link_local:
            _on(host, "ip", "route", "replace", "default", "via", str(gateway))
    resolv = _resolv(host)
    resolv.parent.mkdir(parents=True, exist_ok=True)
    resolv.write_text(f"nameserver {RESOLVER}\n")


def _address(host, link, addresses):
    for address in addresses:
        family = ["nodad"] if ":" in address else []
        _on(host, "ip", "address", "add", address, "dev", link, *family)
    _on(host, "ip", "link", "set", link, "up")


def _resolv(host):
    return pathlib.Path("/etc/netns", PREFIX + host, "resolv.conf")


def _ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


def _on(host, *command):
    subprocess.run(inside(host, command), check=True, stdout=subprocess.DEVNULL)
