"""Posts of the practice world whose right answer is known. Others of its flags can be argued about: they have none."""

from evidence.gold import KnownAnswer
from evidence.review import Disposition

_ASIDE = frozenset({Disposition.NOT_RELEVANT})
_RUMOUR = frozenset({Disposition.RUMOUR_HOAX})
_UNSETTLED = frozenset({Disposition.RUMOUR_HOAX, Disposition.INDETERMINATE})


def _known(flag: str, right: frozenset[Disposition], ko: str, en: str) -> KnownAnswer:
    return KnownAnswer(flag=flag, right=right, ko=ko, en=en)


GOLD: tuple[KnownAnswer, ...] = (
    _known(
        "1900000101:62",
        _ASIDE,
        "범죄라고 알리며 신고를 권하는 글입니다.",
        "It says that this is a crime, and asks to report it.",
    ),
    _known(
        "1900000202:7",
        _UNSETTLED,
        "출처 없는 이야기를 옮길 뿐입니다. 언급은 사실이 아닙니다.",
        "It passes on talk without a source. A mention is no fact.",
    ),
    _known("1900000303:6", _ASIDE, "예방 캠페인을 알리는 글입니다.", "It announces a campaign against such images."),
    _known("1900000303:9", _ASIDE, "예방 교육을 알리는 글입니다.", "It announces a lesson in prevention."),
    _known("1900000303:16", _ASIDE, "피해 지원을 안내하는 글입니다.", "It tells where victims get help."),
    _known(
        "1900000505:15",
        _ASIDE,
        "의뢰를 받는 글이 아니라 조심하라고 알리는 글입니다.",
        "It asks nobody for anything: it warns of those who do.",
    ),
    _known(
        "1900000707:12",
        _ASIDE,
        "명단이라는 말이 축제 명단을 뜻합니다.",
        "The list that it speaks of is one of a festival.",
    ),
    _known("1900000707:16", _ASIDE, "예방 교육 안내를 나누는 글입니다.", "It shares a leaflet on prevention."),
    _known(
        "1900000707:26",
        _RUMOUR,
        "학교가 거짓이라고 알린 소문입니다.",
        "A rumour that the school itself has called untrue.",
    ),
    _known(
        "1900000707:34",
        _UNSETTLED,
        "또 올라온 이야기이고 확인된 것이 없다고 스스로 말합니다.",
        "Talk that came again, and it says itself that nothing is confirmed.",
    ),
)
