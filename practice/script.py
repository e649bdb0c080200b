"""What happens in the practice world after its beginning, one step at a time."""

from datetime import datetime

from evidence.records import Forward, Media
from practice.world import Draft, Step, World


def name_schools(world: World, at: datetime) -> None:
    """New posts name schools, one in a list and one in full; a room begins to grow."""
    world.post("practice_talk", at, Draft(text="내일 아침 영하래요, 장갑 챙기세요 🧤", views=9))
    world.post(
        "practice_rumours",
        at,
        Draft(text="명단에 꽃가람별중, 비나리샘중, 하늬바다고가 있다는 글을 봤습니다. 확인 안 됨", views=31),
    )
    world.post(
        "practice_talk",
        at,
        Draft(text="해미르빛고등학교 합성 사진 유포 소문은 학교가 경찰에 신고했다고 합니다", views=14),
    )
    world.post(
        "practice_group",
        at,
        Draft(text="온새미결고 합성 사진 이야기가 또 올라왔어요. 확인된 건 없대요", author="파랑새"),
    )
    world.set_members("Practice_Pictures", 460)


def change_names(world: World, at: datetime) -> None:
    """Two posts are edited: one now names another school, one only mends a typing error."""
    world.edit(
        "practice_rumours",
        14,
        at,
        "정정: 미르내초등학교가 아니라 푸른결내초등학교 이야기라고 합니다. 역시 확인된 것은 없습니다",
    )
    world.edit("practice_talk", 13, at, "해솔빛고 다니는 친구가 그러는데 급식 메뉴가 바뀌었대요")


def remove_posts(world: World, at: datetime) -> None:
    """A list of schools, an ordinary post and an album vanish; news comes instead."""
    world.remove("practice_rumours", 10)
    world.remove("practice_talk", 41)
    world.remove("practice_games", 21)
    world.post(
        "practice_news",
        at,
        Draft(
            text="[기사] 학교 이름 목록 올린 방, 게시물 삭제\nhttps://news.example/removed",
            media=(Media(kind="photo", number=1),),
            views=5_300,
        ),
    )


def surge(world: World, at: datetime) -> None:
    """A room that nobody knew grows sevenfold and passes on what another one said."""
    world.set_members("Practice_Pictures", 3_512)
    world.set_members("practice_rumours", 2_190)
    world.set_members("practice_group", 14_980, online=1_204)
    world.post(
        "Practice_Pictures",
        at,
        Draft(
            text="학교별로 나눈 명단이 돌아다닌다는 말이 있습니다. 사실인지는 모릅니다.",
            forwarded_from=Forward(name="들리는 이야기 모음", address="https://t.me/practice_rumours/5"),
            views=260,
        ),
    )
    world.post(
        "Practice_Pictures",
        at,
        Draft(text="참별솔고 딥페이크 합성 협박 이야기가 있던데 아는 사람은 경찰에 알려 주세요", views=240),
    )


def move_rooms(world: World, at: datetime) -> None:
    """One room closes and another moves to a new name."""
    world.post("practice_talk", at, Draft(text="게임 방 이름이 바뀌었어요 @practice_play", views=22))
    world.rename("practice_games", "practice_play")
    world.close("practice_rumours")


SCRIPT: tuple[Step, ...] = (name_schools, change_names, remove_posts, surge, move_rooms)
