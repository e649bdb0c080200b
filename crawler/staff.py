"""Who sits at this command line, as the log may know them: a pseudonym, the same for the same account here."""

import getpass

from evidence.case import Staff
from evidence.cipher import Cipher, pseudonym
from storage.leases import PROCESS

ROLE = "operator"
"""Whoever may run commands on this machine; roles of people are the console's."""


def staff_here(cipher: Cipher) -> Staff:
    """Whoever runs this command."""
    name = pseudonym(cipher.purpose_key("pseudonyms of staff"), "staff", getpass.getuser())
    return Staff(actor=f"staff-{name.removeprefix('p-')}", role=ROLE, session_id=PROCESS)
