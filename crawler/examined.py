"""A page put through the stages, with what of it may have to be sealed."""

from collections.abc import Mapping

from channels.fragments import fragments_of
from evidence.records import Change, Page, Seen
from pipelines import Criteria, examine
from storage.keep import Examined


def examine_page(page: Page, known: Mapping[int, Seen], criteria: Criteria, office: str | None = None) -> Examined:
    """Examine a page, and cut out the own part of every post that is flagged or was kept before."""
    findings = examine(page, known, criteria, office)
    changed = [finding for finding in findings if finding.change is not Change.UNCHANGED]
    posts = [finding.post for finding in changed if finding.flag or finding.was_kept]
    fragments = fragments_of(page.capture, posts) if page.capture else {}
    return Examined(page=page, findings=findings, fragments=fragments)
