"""The sensor: tcpdump on the clients' bridge, Suricata over what it wrote."""

import json
import signal
import struct
import subprocess
import time

import network

MAGIC = 0xA1B2C3D4


class Capture:
    """A running tcpdump."""

    def __init__(self, pcap):
        self.pcap = pcap
        command = ["tcpdump", "-i", network.SENSOR, "-n", "-s", "2000", "-B", "65536", "-w", str(pcap)]
        self.process = subprocess.Popen(
            network.inside(network.GATEWAY, command), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        for line in self.process.stderr:
            if "listening on" in line:
                return
        raise RuntimeError("tcpdump did not start")

    def stop(self):
        """Ends it. A capture with holes is an error."""
        time.sleep(1.2)  # the kernel hands packets over once a second
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate()
        dropped = [line for line in said.splitlines() if "dropped by kernel" in line]
        if dropped and not dropped[0].startswith("0 "):
            raise RuntimeError(f"{self.pcap}: {dropped[0]}")


def eve(pcap, folder):
    """Suricata's EVE of a capture, as its stock configuration writes it, without its own statistics."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["suricata", "-c", "/etc/suricata/suricata.yaml", "-S", "/dev/null", "-k", "none", "--runmode", "single"]
    ran = subprocess.run(
        [*command, "-l", str(folder), "-r", str(pcap)], capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        raise RuntimeError(f"suricata: {ran.stderr}")
    lines = (folder / "eve.json").read_text().splitlines()
    return [line for line in lines if json.loads(line)["event_type"] != "stats"]


def stretch(pcap, moves):
    """Moves packets in time: those at or after `begin` by `by` seconds, for each (begin, by), in order."""
    data = pcap.read_bytes()
    header, at = data[:24], 24
    if struct.unpack("<I", header[:4])[0] != MAGIC:
        raise RuntimeError(f"{pcap}: not a pcap with microseconds")
    out = [header]
    while at + 16 <= len(data):
        seconds, micros, stored, length = struct.unpack("<IIII", data[at : at + 16])
        by = move_at(seconds + micros / 1e6, moves)
        out.append(struct.pack("<IIII", seconds + by, micros, stored, length))
        out.append(data[at + 16 : at + 16 + stored])
        at += 16 + stored
    pcap.write_bytes(b"".join(out))


def move_at(when, moves):
    """By how many seconds something of this time is moved."""
    return next((by for begin, by in reversed(moves) if when >= begin), 0)
