"""Facts that a person read in saved pages of t.me, against what is read of them.

The pages themselves are other people's and stay in the folder that HAECHI_TEST_DATA names; here are
ids, times, numbers and first words.
"""

from pathlib import Path

import pytest

from channels.pages import read_page
from evidence.records import Figure, Forward, PageKind, Place, Post, Reading

PLACES = """
tme-s/codecamp-2023                | channel codecamp          | 1333809979 | CodeCamp      | 82850-82950 subscribers
tme-s/excelhackru-2023             | channel excelhackru verified | 1146594433 | ЭКСЕЛЬ ХАК    | 52500-53500 subscribers
tme-s/habr_com-2023                | channel habr_com verified | 1032086354 | Хабр          | 70150-70250 subscribers
tme-s/nexta_live-2021              | channel nexta_live        | 1413275904 | NEXTA Live    | 1475000-1485000 members
tme-s/procode404-2023              | channel procode404        | 1357582027 | [404] —       | 62050-62150 subscribers
tme-s/prstnk_eprst-2026-05-30      | channel prstnk_eprst      | 3976510481 | PRSTNK -      | 1-1 subscribers
tme-s/prstnk_eprst-2026-05-31      | channel prstnk_eprst      | 3976510481 | PRSTNK -      | 1-1 subscribers
tme-s/telegram-2019                | channel telegram verified | 1005640892 | Telegram News | 2750000-2850000 members
tme-s/test_channel-2026-anonymised | channel test_channel      |            | Test_Channel  | 9500-10500 subscribers
tme-s/vtosters-2023                | channel vtosters          | 1147417077 | ВТостерс      |
tme-landing/alyatrend-2024         | channel alyatrend         |            | Аля про       | 217094-217094 subscribers
tme-landing/botfather-2023         | bot botfather verified    |            | BotFather     |
tme-landing/codecamp-2023          | channel codecamp          |            | CodeCamp      | 82932-82932 subscribers
tme-landing/invalid-2021           | absent nexta_live1432     |            |               |
tme-landing/invite-group-2021      | invite                    |            | FUNDSZ FOUNDERS | 136-136 members 6
tme-landing/lolz_guru-2023         | channel lolz_guru         |            | LOLZTEAM НЕ   | 163840-163840 subscribers
tme-landing/netstalkers-2023       | channel netstalkers       |            | [netstalkers] |
tme-landing/nexta_live-2021        | channel nexta_live        |            | NEXTA Live    | 1474933-1474933 members
tme-landing/not_existed_channel-2023 | absent not_existed_channel |            |               |
tme-landing/python-group-2026      | group python              |            | Python        | 97957-97957 members 4138
tme-landing/ru_python-group-2023   | group ru_python           |            | Python: снова | 14035-14035 members 5791
tme-landing/thecodemedia-2023      | channel thecodemedia verified |        | Журнал «Код»  | 63336-63336 subscribers
"""
"""File, kind and name, id, first words of the title, members with their bounds and how many are online."""

POSTS = """
tme-s/codecamp-2023 | 2357 | 2023-05-01T07:45:19 | 60750-60850 | photo 1 | 1 | Пора познакомиться с Lyrebird
tme-s/codecamp-2023 | 2360 | 2023-05-02T17:14:29 | 9950-10050 | gif 1 | 0 | Прикольный видос, который
tme-s/codecamp-2023 | 2364 | 2023-05-03T09:12:06 | 8350-8450 | file 1 | 0 | Сегодня у нас на обед
tme-s/codecamp-2023 | 2370 | 2023-05-04T09:21:38 | 8050-8150 | video 1 | 1 | Разработчиков из DeepMind раскритиковали
tme-s/codecamp-2023 | 2374 | 2023-05-05T08:10:17 | 5150-5250 | | 1 | Опа, Hugging Face совместно
tme-s/excelhackru-2023 | 1321-1324 | 2023-03-21T08:01:29 | 25550-25650 | photo 4 | 0 | А у вас была такая
tme-s/excelhackru-2023 | 1329 edited | 2023-03-26T08:01:02 | 22250-22350 | video 1 | 0 | ⏺Как удалить каждую
tme-s/excelhackru-2023 | 1352 edited | 2023-04-19T08:02:11 | 17350-17450 | video 1 | 0 | Если у вас есть
tme-s/excelhackru-2023 | 1355 | 2023-04-20T17:52:32 | 18250-18350 | poll 1 | 0 |
tme-s/habr_com-2023 | 56622 | 2023-05-05T05:24:00 | 12250-12350 | | 12 | \u200b⚡️ Новости к этому часу
tme-s/habr_com-2023 | 56641 | | 3250-3350 | | 2 | \u200bЛюдские пробки в метро
tme-s/nexta_live-2021 | 13361 edited | 2021-02-20T16:56:35 | 421950-422050 | photo 1 | 0 | Навального осудили второй
tme-s/nexta_live-2021 | 13365 | 2021-02-21T15:49:04 | 311550-311650 | video 1 | 0 | Немного сладкой жизни
tme-s/nexta_live-2021 | 13373-13375 | 2021-02-22T18:49:03 | 327150-327250 | photo 3 | 3 | Лукашенко поставляет оружие
tme-s/procode404-2023 | 2326 | 2023-05-02T12:18:20 | 4550-4650 | | 1 | Решаем повседневные задачи
tme-s/prstnk_eprst-2026-05-31 | 1 service | 2026-05-30T21:56:29 | | | 0 | Channel created
tme-s/prstnk_eprst-2026-05-31 | 2 | 2026-05-30T22:25:08 | 1-1 | photo 1 | 1 | Как Штапаков травит цинк
tme-s/telegram-2019 | 93 edited | 2018-03-23T09:11:10 | 5950000-6050000 | | 1 | Telegram 4.8 for iOS
tme-s/telegram-2019 | 102 | 2019-02-02T06:58:57 | 4750000-4850000 | gif 1 | 0 |
tme-s/telegram-2019 | 104 | 2019-02-26T15:37:39 | 3750000-3850000 | video 1 | 0 |
tme-s/telegram-2019 | 107 | 2019-03-28T07:00:09 | 16350000-16450000 | poll 1 | 0 |
tme-s/test_channel-2026-anonymised | 1001-1002 | 2026-01-31T08:35:56 | 2450-2550 | photo 2 | 2 | This is a test
tme-s/test_channel-2026-anonymised | 1003 | 2026-01-31T09:35:00 | 1250-1350 | unsupported 1 | 0 |
tme-s/test_channel-2026-anonymised | 1010-1012 | 2026-01-31T09:41:27 | 500-1500 | photo 3 | 0 | This is a forwarded
tme-s/vtosters-2023 | 1443 | 2022-12-27T14:02:29 | 70850-70950 | video 1 | 1 | На канале наших друзей
tme-s/vtosters-2023 | 1452-1456 | 2023-02-23T20:14:59 | 95150-95250 | file 5 | 0 |
tme-s/vtosters-2023 | 1446 edited | 2022-12-30T16:05:19 | 144150-144250 | photo 1 | 3 | VTLite
tme-embed/meduzalive-40973-text | 40973 | 2021-04-10T16:27:12 | 69250-69350 | | 1 | Похороны супруга королевы
tme-embed/meduzalive-40978-photo | 40978 | 2021-04-10T17:40:39 | 93950-94050 | photo 1 | 0 | Во Франции аномальные
tme-embed/meduzalive-40984-forward | 40984 | 2021-04-11T08:20:34 | 51650-51750 | photo 1 | 1 | За последние сутки
tme-embed/melhagram-129-audio | 129 | 2021-05-08T09:01:29 | 3450-3550 | voice 1 | 0 |
tme-embed/tvrain-42166-album-photos | 42166-42172 | 2021-04-09T15:00:25 | 28950-29050 | photo 7 | 1 | Сегодня умер принц
"""
"""File, ids and marks, time, views with their bounds, media, number of links, first words."""

IDS = {
    "codecamp-2023": [*range(2357, 2377)],
    "excelhackru-2023": [
        *(1321, 1329, 1331, 1335, 1337, 1338, 1342, 1344, 1349, 1350, 1351, 1352, 1354, 1355, 1356, 1358, 1361, 1363),
    ],
    "habr_com-2023": [*range(56622, 56642)],
    "nexta_live-2021": [*range(13358, 13374), 13376, 13377],
    "procode404-2023": [
        *(*range(2307, 2311), *range(2313, 2317), 2318, 2320, 2321, *range(2323, 2328), *range(2329, 2333)),
    ],
    "prstnk_eprst-2026-05-30": [1],
    "prstnk_eprst-2026-05-31": [1, 2],
    "telegram-2019": [*range(90, 108), 110, 111],
    "test_channel-2026-anonymised": [1001, 1003, 1010],
    "vtosters-2023": [1434, 1436, 1439, 1440, 1442, 1443, 1444, 1446, 1447, 1449, 1451, 1452, *range(1457, 1461)],
}


def rows(table: str) -> list[list[str]]:
    """The cells of a table, without the white space that aligns them."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def read(real_pages: Path, file: str) -> Reading:
    """A saved page as it is read."""
    return read_page((real_pages / f"{file}.html").read_text(encoding="utf-8"))


def bounds(figure: Figure | None) -> str:
    """Both bounds of a number; nothing where there is none."""
    return f"{figure.low}-{figure.high}" if figure else ""


def place_row(place: Place) -> list[str]:
    """A place as a row of the table, its title whole."""
    name = [str(place.kind), place.username or "", "verified" if place.is_verified else ""]
    members = [bounds(place.members), place.unit or "", str(place.online or "")] if place.members else []
    return [
        " ".join(filter(None, name)),
        str(place.native_id or ""),
        place.title or "",
        " ".join(filter(None, members)),
    ]


def post_row(post: Post) -> list[str]:
    """A post as a row of the table, its first line whole."""
    ids = f"{post.native_id}-{post.native_ids[-1]}" if len(post.native_ids) > 1 else str(post.native_id)
    marks = [ids, "edited" if post.is_edited else "", "service" if post.is_service else ""]
    return [
        " ".join(filter(None, marks)),
        post.posted_at.isoformat().removesuffix("+00:00") if post.posted_at else "",
        bounds(post.views),
        " ".join(f"{item.kind} {item.number}" for item in post.media),
        str(len(post.links)),
        post.text.split("\n")[0],
    ]


@pytest.mark.parametrize("row", rows(PLACES), ids=lambda row: row[0])
def test_places(real_pages: Path, row: list[str]) -> None:
    """Kind, name, id, title, mark and count of every saved place."""
    place = read(real_pages, row[0]).place
    assert place is not None
    found = place_row(place)
    assert found[2].startswith(row[3])
    assert [row[1], row[2], row[4]] == [found[0], found[1], found[3]]
    assert bool(row[3]) == bool(found[2])


@pytest.mark.parametrize("row", rows(POSTS), ids=lambda row: f"{row[0]} {row[1]}")
def test_posts(real_pages: Path, row: list[str]) -> None:
    """Ids, marks, time, views, media, links and first words of posts of every kind that was saved."""
    number = int(row[1].split()[0].split("-")[0])
    (post,) = (post for post in read(real_pages, row[0]).posts if post.native_id == number)
    found = post_row(post)
    assert row[1:6] == found[:5]
    assert found[5].startswith(row[6])
    assert bool(row[6]) == bool(found[5])


@pytest.mark.parametrize(("name", "ids"), IDS.items())
def test_every_post_of_every_page(real_pages: Path, name: str, ids: list[int]) -> None:
    """No post of a page is left out and none is made up; all but one page have older ones."""
    reading = read(real_pages, f"tme-s/{name}")
    assert ids == [post.native_id for post in reading.posts]
    assert reading.has_older is not name.startswith("prstnk")


@pytest.mark.parametrize(
    ("file", "native_id", "expected"),
    [
        ("tme-s/codecamp-2023", 2370, Forward(name="Киллер-фича", address=None)),
        ("tme-s/nexta_live-2021", 13365, Forward(name="LUXTA", address="https://t.me/luxta_tv/2320")),
        ("tme-s/telegram-2019", 107, Forward(name="Durov's Channel", address="https://t.me/durov/103")),
        ("tme-s/vtosters-2023", 1452, Forward(name="VTMessenger", address="https://t.me/vtmsg/78")),
        ("tme-s/codecamp-2023", 2371, None),
    ],
)
def test_forwards(real_pages: Path, file: str, native_id: int, expected: Forward | None) -> None:
    """Where posts were forwarded from, with and without an address."""
    (post,) = (post for post in read(real_pages, file).posts if post.native_id == native_id)
    assert expected == post.forwarded_from


def test_names_of_files_and_answers_of_polls(real_pages: Path) -> None:
    """Words beside the media of a post are read with it."""
    posts = {post.native_id: post for post in read(real_pages, "tme-s/vtosters-2023").posts}
    assert ("linux64.zip", "mac.pkg", "win32.exe", "win64.exe", "linux32.zip") == posts[1452].captions
    posts = {post.native_id: post for post in read(real_pages, "tme-s/telegram-2019").posts}
    assert ("Video calls", "Group voice calls", "Folders for chats") == posts[105].captions[1:]


def test_post_that_is_not_there(real_pages: Path) -> None:
    """The saved page of a removed post says so."""
    assert Reading(kind=PageKind.POST, is_missing=True) == read(real_pages, "tme-embed/post-not-found")
