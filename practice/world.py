"""The practice world as a model: rooms, their posts and a script of changes.

Held in memory, without I/O or clock; every moment is passed in. What the rooms say is written in
``practice/story.py``; how Telegram's web pages show them is ``practice/web.py``.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from evidence.records import Forward, Media, PlaceKind

VIEWS_PER_STEP = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody posts; the World adds id and time."""

    text: str = ""
    """Plain, lines parted by ``\\n``; addresses, @names and #tags in it become links.
    A poll's text is its question."""
    media: tuple[Media, ...] = ()
    """More than one item in all makes an album, which takes as many ids."""
    author: str | None = None
    """Signature; None for an unsigned post."""
    forwarded_from: Forward | None = None
    reply_to: int | None = None
    views: int = 0
    is_service: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticePost(Draft):
    """A post as it stands now."""

    id: int
    """An album's: its first id."""
    at: datetime
    edited_at: datetime | None = None

    @property
    def is_edited(self) -> bool:
        """Whether the page says so."""
        return self.edited_at is not None

    @property
    def ids(self) -> range:
        """All ids that the post takes, one unless it is an album."""
        return range(self.id, self.id + max(1, sum(item.number for item in self.media)))


@dataclass(slots=True, kw_only=True)
class PracticeRoom:
    """A public place; users and bots are places too."""

    username: str
    """As its owner writes it; found whatever the case."""
    title: str
    kind: PlaceKind = PlaceKind.CHANNEL
    """``CHANNEL``, ``GROUP``, ``USER`` or ``BOT``."""
    peer_id: int
    """Bare channel id, above 1,000,000,000."""
    description: str = ""
    members: int = 1
    """Subscribers, members or, for a bot, monthly users."""
    online: int = 0
    """Shown for groups only."""
    has_preview: bool = True
    is_verified: bool = False
    has_photo: bool = True
    """Without one, pages carry a drawn avatar as a ``data:`` URI."""
    posts: dict[int, PracticePost] = field(default_factory=dict)
    """By first id, ascending."""
    contents: Counter[str] = field(default_factory=Counter)
    """How many items of each kind of media, and posts with a link, it holds."""
    next_id: int = 1
    """Ids are never used twice, not even after a removal."""

    @property
    def is_readable(self) -> bool:
        """Whether its posts are on the web."""
        return self.kind is PlaceKind.CHANNEL and self.has_preview

    def find_post(self, native_id: int) -> PracticePost | None:
        """The post that takes this id, be it an album's second; None when there is none."""
        if native_id in self.posts:
            return self.posts[native_id]
        return next((post for post in self.posts.values() if native_id in post.ids), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What has just happened to a room, for whoever shows the World elsewhere."""

    kind: Literal["open", "post", "edit", "remove", "views", "members", "rename", "close"]
    room: PracticeRoom
    """As it is afterwards."""
    post: PracticePost | None = None
    """The post it concerns; a removed one as it was."""


Step = Callable[["World", datetime], None]
"""One stage of the script: changes the World as at a moment."""


class World:
    """All rooms, and the changes that the script still holds."""

    def __init__(self, script: tuple[Step, ...] = ()) -> None:
        self.rooms: dict[str, PracticeRoom] = {}
        """By username in lower case."""
        self.on_change: list[Callable[[Change], None]] = []
        """Called in order after every change."""
        self._script = list(script)

    @property
    def steps_left(self) -> int:
        """How often ``advance`` still changes something."""
        return len(self._script)

    def advance(self, at: datetime) -> None:
        """Apply the next step of the script; nothing happens after the last one.

        Args:
            at: the moment at which its changes are made.
        """
        if not self._script:
            return
        for room in self.rooms.values():
            for post in room.posts.values():
                seen = 0 if post.is_service else VIEWS_PER_STEP
                room.posts[post.id] = replace(post, views=post.views + seen)
            self._tell(Change(kind="views", room=room))
        self._script.pop(0)(self, at)

    def open(self, room: PracticeRoom) -> PracticeRoom:
        """Add a room, replacing the one that had its name."""
        self.rooms[room.username.lower()] = room
        self._tell(Change(kind="open", room=room))
        return room

    def find(self, username: str) -> PracticeRoom | None:
        """The room of this name in whatever case, or None."""
        return self.rooms.get(username.lower())

    def post(self, username: str, at: datetime, draft: Draft) -> PracticePost:
        """Publish a draft as the room's newest post.

        Raises:
            KeyError: there is no such room.
        """
        room = self._room(username)
        # Not asdict(), which would turn the Media and Forward in it into dicts.
        fields = {name: getattr(draft, name) for name in Draft.__dataclass_fields__}
        post = PracticePost(id=room.next_id, at=at, **fields)
        room.posts[post.id] = post
        room.next_id = post.ids.stop
        room.contents.update(_count_contents(post))
        self._tell(Change(kind="post", room=room, post=post))
        return post

    def edit(self, username: str, native_id: int, at: datetime, text: str) -> None:
        """Give a post another text; it is shown as edited from then on.

        Raises:
            KeyError: there is no such room or post.
        """
        room = self._room(username)
        old = room.posts[native_id]
        new = replace(old, text=text, edited_at=at)
        room.posts[native_id] = new
        room.contents.subtract(_count_contents(old))
        room.contents.update(_count_contents(new))
        self._tell(Change(kind="edit", room=room, post=new))

    def remove(self, username: str, native_id: int) -> None:
        """Remove a post, an album as a whole.

        Raises:
            KeyError: there is no such room or post.
        """
        room = self._room(username)
        post = room.posts.pop(native_id)
        room.contents.subtract(_count_contents(post))
        self._tell(Change(kind="remove", room=room, post=post))

    def set_members(self, username: str, members: int, online: int = 0) -> None:
        """Set how many are in a room now.

        Raises:
            KeyError: there is no such room.
        """
        room = self._room(username)
        room.members, room.online = members, online
        self._tell(Change(kind="members", room=room))

    def rename(self, username: str, new: str) -> None:
        """Give a room another username; the old one becomes absent.

        Raises:
            KeyError: there is no such room.
        """
        room = self.rooms.pop(username.lower())
        room.username = new
        self.rooms[new.lower()] = room
        self._tell(Change(kind="rename", room=room))

    def close(self, username: str) -> None:
        """Make a room absent.

        Raises:
            KeyError: there is no such room.
        """
        self._tell(Change(kind="close", room=self.rooms.pop(username.lower())))

    def _tell(self, change: Change) -> None:
        for listener in self.on_change:
            listener(change)

    def _room(self, username: str) -> PracticeRoom:
        return self.rooms[username.lower()]


def _count_contents(post: PracticePost) -> Counter[str]:
    contents = Counter({"link": int("://" in post.text)})
    for item in post.media:
        contents[item.kind] += item.number
    return contents
