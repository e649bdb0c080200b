"""The summary of a day: one model, computed once, shown in any form."""

from pipelines.digest.counting import counter_of
from pipelines.digest.layout import page_of
from pipelines.digest.make import make_digest
from pipelines.digest.model import Digest, Reader, Scope
from pipelines.digest.scope import scope_for

__all__ = ["Digest", "Reader", "Scope", "counter_of", "make_digest", "page_of", "scope_for"]
