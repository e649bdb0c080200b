"""Who sits at this command line, as the log may know them: a pseudonym, the same for the same account here."""

import os
import pwd
import re
import socket

from evidence.case import Staff
from evidence.cipher import Cipher, pseudonym
from storage.leases import PROCESS

ROLE = "operator"
"""Whoever may run commands on this machine; roles of people are the console's."""


def staff_here(cipher: Cipher) -> Staff:
    """Whoever runs this command: by the account that the system knows, not by what the environment says."""
    name = pseudonym(cipher.purpose_key("pseudonyms of staff"), "staff", _account())
    return Staff(actor=f"staff-{name.removeprefix('p-')}", role=ROLE, session_id=f"{PROCESS}@{_machine()}")


def _machine() -> str:
    """Its name, as far as the log can hold it."""
    return re.sub(r"[^0-9A-Za-z._-]", "-", socket.gethostname())[:64]


def _account() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
