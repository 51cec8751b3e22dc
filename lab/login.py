"""Begins a session: sets the login user, notes the session, drops to a user, and runs a command in bash.

    login.py NOTE AUID USER FOLDER COMMAND
"""

import os
import sys

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "TERM": "dumb"}


def main():
    note, auid, user, folder, command = sys.argv[1:]
    try:
        with open("/proc/self/loginuid", "w", encoding="ascii") as loginuid:
            loginuid.write(auid)
    except OSError:
        pass  # A kernel without audit has no login user to set; then nothing is recorded.
    session = "0"
    if os.path.exists("/proc/self/sessionid"):
        with open("/proc/self/sessionid", encoding="ascii") as sessionid:
            session = sessionid.read().strip()
    with open(note, "w", encoding="ascii") as out:
        out.write(session)
    os.chdir(folder)
    if user != "root":
        os.setgroups([])
        os.setgid(int(auid))
        os.setuid(int(auid))
    os.execve("/bin/bash", ["bash", "-c", command], {**ENVIRONMENT, "HOME": folder})


main()
