"""Kept posts as they are shown without a reason."""

from datetime import UTC, datetime

from evidence.records import KeptPost, Mention, Post, Revision
from pipelines.masking.kept import mask_kept

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TEXT = "연락처 010-1234-5678 해솔빛고 이야기"
NAMED = Mention(
    start=18,
    end=22,
    surface="해솔빛고",
    school="9900001",
    candidates=("9900001",),
    level="high",
    rule="H-short",
    confidence=0.8,
)


def kept(text: str, *mentions: Mention, earlier: tuple[Revision, ...] = ()) -> KeptPost:
    """A kept post that says this."""
    post = Post(native_id=1, native_ids=(1,), address=None, posted_at=NOW, text=text, captions=("보기 a@b.example",))
    return KeptPost(id="1:1", source="s", post=post, revision=2, seen_at=NOW, mentions=mentions, earlier=earlier)


def test_all_that_it_ever_said_is_masked() -> None:
    """Text, captions and earlier revisions; mentions stand where their school stands now."""
    before = Revision(revision=1, until=NOW, words=TEXT, mentions=(NAMED,))
    shown = mask_kept(kept(TEXT, NAMED, earlier=(before,)))
    assert "연락처 [전화] 해솔빛고 이야기\n보기 [이메일]" == shown.post.words
    assert ["해솔빛고"] == [shown.post.words[mention.start : mention.end] for mention in shown.mentions]
    assert "연락처 [전화] 해솔빛고 이야기" == shown.earlier[0].words


def test_what_names_nobody_stays() -> None:
    """Nothing is changed that need not be."""
    plain = kept("급식이 맛있어요")
    assert "급식이 맛있어요" == mask_kept(plain).post.text.split("\n")[0]
