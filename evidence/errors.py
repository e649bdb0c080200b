"""Every exception that Haechi raises on purpose. Messages name the thing, the value and the expectation.

Secrets and personal text never reach a message; addresses and ids do.
"""


class HaechiError(Exception):
    """Base of all; catch it only at the edge of the program."""


class ConfigError(HaechiError):
    """Raised by ``config`` and the command line for bad input or settings: the operator corrects it.

    ``problems`` has one line for each mistake, so that all can be corrected at once.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class SourceError(HaechiError):
    """Raised by ``channels`` when a Source could not be read: the pass ends blind."""


class SourceUnavailable(SourceError):
    """The place or its host did not answer as it should: nobody's fault here; the next pass tries again."""


class RateLimited(SourceError):
    """The host asked us to wait: we do, and the Source shows as blind meanwhile."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class UnreadableCapture(SourceError):
    """A response came that is not the page it should be: cut, not HTML, too large or of a new layout.

    If it lasts, the page's markup changed: ``haechi parse`` on a saved copy shows what is read of it.
    """


class SourceRefused(SourceError):
    """The address turned out not to be a public room: take it off the watchlist."""


class SourceGone(SourceError):
    """Confirmed beside a control page: the room is not there any more. Decide whether to go on watching."""


class SourcePaused(SourceError):
    """Raised by ``crawler/crawl.py`` where a person paused the Source or all crawling: nobody's fault; they end it."""


class ForbiddenRequest(HaechiError):
    """Raised by ``channels/telegram/guard.py`` before a request that is not a reading one leaves: a mistake here."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not on the list of requests that may be sent to Telegram: nothing was sent")


class StorageError(HaechiError):
    """Raised by ``storage`` when the database cannot be used: the operator looks at the named cause."""


class SourceTaken(StorageError):
    """Raised by ``storage`` when another pass holds this Source: nobody's fault; that pass watches it."""

    def __init__(self, source: str, why: str = "another command is reading this source just now") -> None:
        super().__init__(why)
        self.source = source


class AccountTaken(SourceTaken):
    """Raised by ``storage`` when a Telegram account lives in another worker: nobody's fault; that one reads."""

    def __init__(self, account: str) -> None:
        super().__init__(account, f"account {account} lives in another worker")


class BrokerLost(HaechiError):
    """Raised by ``crawler/broker.py`` when the broker does not answer: it is tried again, and nothing is lost."""


class CustodyBroken(StorageError):
    """The chain of custody does not hold at entry ``seq``: stop, keep everything, tell the supervisor."""

    def __init__(self, seq: int, message: str) -> None:
        super().__init__(f"custody entry {seq}: {message}")
        self.seq = seq


class WatchlistMoved(StorageError):
    """Raised by ``storage`` when somebody else saved a version meanwhile: look at it, then decide again."""

    def __init__(self, base: int, newest: int) -> None:
        super().__init__(f"the watchlist is at version {newest} by now; this change was made on version {base}")
        self.base, self.newest = base, newest


class ReviewRefused(HaechiError):
    """Raised by ``evidence/workflow.py`` and ``storage`` when an act on a Flag may not be done: look again."""


class DeliveryFailed(HaechiError):
    """Raised by ``channels/mail.py`` and ``channels/webhook.py`` when a receiver did not take something.

    ``is_final``: it refused for good, and asking again changes nothing. Else the next attempt may do better.
    """

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


class ItemHeld(StorageError):
    """Raised by ``storage`` when something is to be erased that a case holds: two persons lift the hold first."""

    def __init__(self, item: str, case: str) -> None:
        super().__init__(f"{item} is held for {case}: `haechi case release {case}` comes first, by two persons")
