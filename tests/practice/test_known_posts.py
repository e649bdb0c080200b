"""Known answers are about posts that the practice world has, and that are flagged there."""

from evidence.reading import PageKind
from evidence.records import Page, Post, Reading
from pipelines import examine
from practice.gold import GOLD
from practice.story import build_world
from tests.conftest import NOW
from tests.storage.making import criteria


def test_each_is_a_flagged_post_of_the_practice_world() -> None:
    """At its beginning or after its story; each once, with words in both languages."""
    world, texts = build_world(NOW), dict[str, str]()
    while True:
        for room in world.rooms.values():
            texts |= {f"{room.peer_id}:{number}": post.text for number, post in room.posts.items()}
        if not world.steps_left:
            break
        world.advance(NOW)
    assert len(GOLD) == len({answer.flag for answer in GOLD})
    for answer in GOLD:
        post = Post(native_id=1, native_ids=(1,), address=None, posted_at=NOW, text=texts[answer.flag])
        (finding,) = examine(Page(capture=None, reading=Reading(kind=PageKind.POST, posts=(post,))), {}, criteria())
        assert finding.flag is not None, answer.flag
        assert answer.right
        assert answer.ko
        assert answer.en
