"""The standard practice world: its rooms and what they say. All of it is invented.

About four posts in five are ordinary talk; the others are what the system looks for, told from the
outside. Schools are those of ``practice/schools.csv``. What happens later is ``practice/script.py``.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from evidence.records import Forward, Media, PlaceKind
from practice.chatter import chat
from practice.script import SCRIPT
from practice.world import Draft, PracticeRoom, World

ROOMS = (
    PracticeRoom(
        username="telegram",
        title="Telegram News",
        description="연습용 서버의 공지입니다.",
        peer_id=1_005_640_892,
        members=11_286_994,
        is_verified=True,
    ),
    PracticeRoom(
        username="practice_talk",
        title="하늘고리 수다방",
        description="아무 이야기나 하는 방!\n광고는 지웁니다. 문의 @practice_person",
        peer_id=1_900_000_101,
        members=3_856,
    ),
    PracticeRoom(
        username="practice_rumours",
        title="들리는 이야기 모음",
        description="확인되지 않은 이야기입니다.\n대화는 https://t.me/practice_group",
        peer_id=1_900_000_202,
        members=1_799,
        has_photo=False,
    ),
    PracticeRoom(
        username="practice_news",
        title="학교 안전 소식",
        description="기사와 예방 교육 안내 <매일 아침>",
        peer_id=1_900_000_303,
        members=826_120,
    ),
    PracticeRoom(
        username="practice_games",
        title="게임 & 만화",
        peer_id=1_900_000_404,
        members=537,
    ),
    PracticeRoom(
        username="Practice_Pictures",
        title="사진 편집 이야기",
        description="보정과 편집을 배우는 방",
        peer_id=1_900_000_505,
        members=412,
        has_photo=False,
    ),
    PracticeRoom(
        username="practice_closed",
        title="미리보기 없는 방",
        peer_id=1_900_000_606,
        members=1,
        has_preview=False,
    ),
    PracticeRoom(
        username="practice_group",
        title="들리는 이야기 대화방",
        kind=PlaceKind.GROUP,
        peer_id=1_900_000_707,
        members=14_035,
        online=791,
    ),
    PracticeRoom(
        username="practice_person",
        title="연습용 사용자",
        kind=PlaceKind.USER,
        peer_id=1_900_000_808,
    ),
    PracticeRoom(
        username="practice_bot",
        title="연습용 봇",
        description="연습실을 예약합니다.",
        kind=PlaceKind.BOT,
        peer_id=1_900_000_909,
        members=8_122_955,
    ),
)

PLAN = {
    # Username: how many posts, and minutes between two of them.
    "telegram": (8, 1_440),
    "practice_talk": (70, 17),
    "practice_rumours": (24, 95),
    "practice_news": (22, 180),
    "practice_games": (26, 110),
    "Practice_Pictures": (22, 150),
    "practice_closed": (5, 600),
    "practice_group": (32, 23),
}

SPEAKERS = ("연두", "파랑새", "구름빵", "다람쥐", "연습용 사용자")
"""Who talks in groups, by turns; groups are read on Telegram only, not on the web."""

SPECIAL: dict[str, dict[int, Draft]] = {
    # Username: what is not ordinary talk, by the turn at which it is posted.
    "telegram": {
        turn: Draft(text=f"연습 공지 {turn}: 서버가 잘 돌아갑니다. https://telegram.example/{turn}")
        for turn in range(1, 8)
    },
    "practice_talk": {
        12: Draft(text="해솔빛고 다니는 친구가 그러는데 급식이 바뀌었대요"),
        30: Draft(text="학교 이름 적힌 명단이 돈다는데 진짜예요?\n저는 못 봤어요"),
        31: Draft(text="가온누리중 이야기도 있던데 확인 안 된 거면 퍼뜨리지 맙시다", reply_to=32),
        47: Draft(
            text="딥페이크 예방 교육 들었어요. 경찰관분이 오셔서 신고 방법을 알려 주셨어요",
            media=(Media(kind="photo", number=1),),
        ),
        58: Draft(text="합성 사진으로 협박하는 건 범죄라고 합니다. 혼자 고민하지 말고 신고하세요"),
        66: Draft(text="새벽별터고랑 온새미결고 축제 날짜가 겹친대요 ㅠㅠ"),
    },
    "practice_rumours": {
        4: Draft(text="학교별로 나눈 명단이 돌아다닌다는 말이 있습니다. 사실인지는 모릅니다."),
        6: Draft(text="해솔빛고, 새벽별터고 쪽에서 딥페이크 이야기가 나왔다는데 출처가 없네요"),
        9: Draft(
            text="소문에 나온 학교 목록이라고 합니다\n해솔빛고등학교\n가온누리중학교\n"
            "라온제나고등학교\n볕뉘울초등학교\n확인된 것은 하나도 없습니다",
        ),
        11: Draft(text="명단에 '해**고', '가온*리중'처럼 가린 이름도 있다고 합니다"),
        13: Draft(
            text="미르내초등학교 이름도 나왔다는데 누가 지어낸 이야기 같아요",
            forwarded_from=Forward(name="이름 없는 제보", address=None),
        ),
        15: Draft(text="부산 금정구 볕뉘울초 이야기라는 글도 있고 성남 볕뉘울초라는 글도 있어요"),
        17: Draft(text="도담하늬중학교 딥페이크 합성물 유포 소문이 있다고 해서 학교가 알아보는 중"),
        20: Draft(text="물비늘고 명단 있다는 글은 거짓으로 보입니다", author="운영자"),
        22: Draft(text="합성 사진을 퍼뜨리겠다고 협박받았다는 글, 경찰에 전해졌다고 합니다", reply_to=18),
    },
    "practice_news": {
        3: Draft(
            text="[기사] 경찰, 허위 영상물 유포 수사 확대\nhttps://news.example/2026/police",
        ),
        5: Draft(text="라온제나고·참별솔고 학생회, 불법 합성물 추방 캠페인 시작 #안전"),
        8: Draft(
            text="늘솔길터고등학교에서 딥페이크 예방 교육이 열렸습니다\n#예방교육 #안전",
            media=(Media(kind="photo", number=3),),
        ),
        11: Draft(text="[기사] 시도교육청, 딥페이크 피해 신고 창구 운영 https://news.example/report"),
        13: Draft(
            text="별솔하람대학교 상담 센터가 불법 합성물 피해 지원 안내를 시작했습니다",
            forwarded_from=Forward(name="하람 상담 소식", address="https://t.me/practice_counsel/118"),
        ),
        18: Draft(text='[기사] 학교 명단 소문, 교육청 "확인된 피해 없어" https://news.example/list'),
    },
    "practice_games": {
        16: Draft(text="흰여울터고 게임 동아리 대회 결과 나왔어요 🏆"),
    },
    "Practice_Pictures": {
        5: Draft(text="얼굴 합성 프로그램 쓰는 법 아는 사람 있냐는 글이 자꾸 올라와요. 여긴 그런 방 아닙니다"),
        10: Draft(text="합성 사진 만들어 준다는 글을 봤습니다. 어느 방인지 묻지 마세요"),
        14: Draft(text="딥페이크 의뢰 받는다는 사람이 학교 이름을 물어봤대요. 조심하세요"),
        16: Draft(text="의뢰 글 보면 캡처하지 말고 신고 버튼부터 누르세요. 유포도 처벌받습니다"),
        18: Draft(text="초대 주소가 돌고 있네요 https://t.me/+PracticeInvite00 들어가지 마세요"),
    },
    "practice_group": {
        6: Draft(text="아라찬솔중 이야기가 돈다는데 본 사람은 없대요"),
        11: Draft(text="하람솔별중학교 명단이라는 글은 작년 축제 명단이었어요 ㅋㅋ", reply_to=7),
        15: Draft(
            text="두빛나래여고 친구가 딥페이크 예방 교육 들었다고 안내문 올려 줬어요 https://notes.example/guide"
        ),
        19: Draft(text="이런 글은 캡처해서 돌리지 말고 신고합시다 @practice_person"),
        24: Draft(text="예그리나과학고 합성 사진 소문은 거짓이라고 학교가 알렸대요", reply_to=20),
        28: Draft(
            text="예방 포스터 찍어 왔어요. 솔가람빛중 게시판에 붙어 있더라고요",
            media=(Media(kind="photo", number=1),),
        ),
    },
}

SHAPES: dict[str, dict[int, Draft]] = {
    # Username: ordinary posts with media, signature, reply, by turn; talk is added where there is no text.
    "practice_talk": {
        20: Draft(media=(Media(kind="photo", number=2),)),
        36: Draft(media=(Media(kind="photo", number=2), Media(kind="video", number=1))),
        52: Draft(reply_to=10),
        60: Draft(author="반장"),
    },
    "practice_games": {
        2: Draft(media=(Media(kind="gif", number=1),)),
        4: Draft(media=(Media(kind="video", number=1),)),
        6: Draft(media=(Media(kind="sticker", number=1),)),
        8: Draft(text="이번 주말에 같이 할 사람?", media=(Media(kind="poll", number=1),)),
        10: Draft(media=(Media(kind="round_video", number=1),)),
        12: Draft(media=(Media(kind="voice", number=1),)),
        14: Draft(media=(Media(kind="audio", number=1),)),
        18: Draft(media=(Media(kind="file", number=1),)),
        20: Draft(media=(Media(kind="photo", number=4),)),
        22: Draft(reply_to=4),
    },
    "practice_group": {
        9: Draft(media=(Media(kind="sticker", number=1),)),
        17: Draft(media=(Media(kind="photo", number=2),)),
    },
}
_WORDLESS = {"sticker", "round_video", "voice"}


def build_world(now: datetime) -> World:
    """Build the standard world as it stands at a moment.

    Args:
        now: aware UTC; the newest posts are some minutes older. Equal moments give equal worlds.
    """
    world = World(SCRIPT)
    now = now.replace(microsecond=0)
    for order, room in enumerate(ROOMS):
        world.open(replace(room, posts={}, contents=Counter()))
        posts, every_min = PLAN.get(room.username, (0, 0))
        for turn in range(posts):
            at = now - timedelta(minutes=every_min * (posts - turn), seconds=turn * 7 % 60)
            draft = _draft(room.username, turn, order * 97)
            if room.kind is PlaceKind.GROUP and not draft.is_service:
                draft = replace(draft, author=SPEAKERS[turn * 3 % len(SPEAKERS)])
            seen = 0 if draft.is_service else room.members * (20 + turn * 7 % 60) // 100
            world.post(room.username, at, replace(draft, views=seen))
    return world


def _draft(username: str, turn: int, offset: int) -> Draft:
    """What a room posts at a turn; ``offset`` keeps rooms from saying the same."""
    if turn == 0:
        return Draft(text="Channel created", is_service=True)
    if turn in SPECIAL.get(username, {}):
        return SPECIAL[username][turn]
    shape = SHAPES.get(username, {}).get(turn, Draft())
    if any(item.kind in _WORDLESS for item in shape.media):
        return shape
    return replace(shape, text=shape.text or chat(offset + turn))
