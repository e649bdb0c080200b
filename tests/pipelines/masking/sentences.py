"""Sentences of our own that tell who somebody is: made of invented names, numbers and schools. No person is meant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from evidence.masked import Kind
from evidence.records import Mention

_GIVEN_LINE = (
    "민준 서준 예준 도윤 시우 주원 하준 지호 준서 건우 우진 선우 연우 유준 승우 준혁 은우 지환 유찬 윤우 태윤 한결"
    " 은찬 시온 이안 하율 우빈"
    " 지율 규민 윤성 서연 서윤 지우 하은 민서 지유 채원 수아 지민 다은 예은 소율 예린 하린 유나 시은 가은 민지 예나"
    " 주아 다인 아린 다연 서은"
    " 유주 윤아 나은 나연 은채 하늘 리아 슬기 보람 가람 라온 효정 길동 복순 말자 덕수 만수 병철 상철 기태 은결 한나"
    " 예담 로아 이레 단비 재이"
    " 라희 초롱 빛나 태양 시혁 무열 여진 규리 세아 아인 해솔 철수 영희 영수 순자 정은 성하 도영 태리 지한 소라 미래"
    " 바다 겨울 준 별 솔 율 봄 현"
)
GIVEN = _GIVEN_LINE.split()
_FAMILY_LINE = (
    "김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 류 전 홍 고 문 양 손 배 백 허 유 남 심 노 하 곽 성 차 주"
    " 우 구 민 나 진 지 엄 채 원 천 방 공 현"
)
FAMILY = _FAMILY_LINE.split()
_RARE_FAMILY_LINE = (
    "남궁 황보 선우 제갈 독고 사공 함 변 염 여 추 도 소 석 설 마 길 연 위 표 명 기 반 왕 금 옥 육 인 맹 제 모 탁 국 어"
)
RARE_FAMILY = _RARE_FAMILY_LINE.split()

BESIDE_SCHOOL = (
    "한빛고 2학년 3반 {} 아는 사람?",
    "가온중학교 {}",
    "한빛고 다니는 {} 인데",
    "누리초 5학년 {}{은} 어제 왔다",
    "3반 {}{이} 말했다",
    "한빛여고 1-4 {}, 찾습니다",
    "고2 {} 학생",
    "{} (한빛고 2학년)",
    "가온중 3학년 {}{을} 봤다",
    "2학년 {}한테 들었음",
    "한빛대학교 20학번 {}",
    "학교: 한빛고\n이름: {}\n나이: 17",
    "이름 - {} / 한빛고",
    "실명: {}",
    "30215 {}",
    "담임 {} 선생님이 가온중에",
    "17살 {} 아시는 분",
    "08년생 {}",
    "한빛고{}",
    "2학년3반{}",
)
"""``{}`` is the name; {은}, {이}, {을} are the particles that fit its last sound."""
PLAIN = (
    "{} 학생이 그랬다",
    "{}씨 어디 계세요",
    "{} 선배 번호 좀",
    "어제 {} 양을 만났다",
    "이름은 {} 입니다",
    "{}(17)",
)
"""Nothing but a title or a label tells."""
LISTS = (
    "한빛고 명단\n{}\n{}\n{}",
    "가온중 2학년: {}, {}, {}",
    "한빛고 3반 {} {} {}",
    "1. {}\n2. {}\n3. {}\n누리초",
    "2학년 3반 {}/{}/{}",
)
PUT_OUT = (
    "{0}*{2} 한빛고",
    "한빛고 {0}O{2} 학생",
    "{0}○○ 학생",
    "3반 {0}ㅇㅇ",
    "{0}** 2학년",
    "{0}×{2} (가온중)",
    "{0}oo 씨",
)
ROMANISED = (
    "Kim Cheolsu",
    "kim chul soo",
    "Lee Ji-eun",
    "Park Minjun",
    "Choi Seo-yeon",
    "Minji Jung",
    "Ha-eun Kang",
    "Jo Yerin",
    "Yoon Jiho",
    "Hong Gildong",
    "Seo Yuna",
    "Kwon Dohyun",
    "HWANG SU-BIN",
    "Shin Hye-won",
)
NUMBERS = {
    Kind.PHONE: (
        "010-1234-5678",
        "01012345678",
        "010 1234 5678",
        "010.1234.5678",
        "+82 10-1234-5678",
        "+821012345678",
        "０１０-１２３４-５６７８",
        "공일공 일이삼사 오육칠팔",
        "공일공일이삼사오육칠팔",
        "010🌸1234🌸5678",
        "0\u200b10\u200b12\u200b34\u200b5678",
        "0 1 0 1 2 3 4 5 6 7 8",
        "o1o-1234-5678",
        "0️⃣1️⃣0️⃣ 1️⃣2️⃣3️⃣4️⃣ 5️⃣6️⃣7️⃣8️⃣",
        "010) 1234 - 5678",
        "011-234-5678",
        "02-123-4567",
        "031-1234-5678",
        "070-1234-5678",
        "0.1.0.1.2.3.4.5.6.7.8",
        "01O 1234 5678",
        "공1공-1234-오육78",
        "⓪①⓪-①②③④-⑤⑥⑦⑧",
    ),
    Kind.RESIDENT: (
        "080312-3123456",
        "990101-1234567",
        "０８０３１２－３１２３４５６",
        "080312 3123456",
        "080312-3******",
        "2103123123456",
        "9001011234568",
    ),
    Kind.EMAIL: (
        "abc.d@example.com",
        "invented_1@mail.example.co.kr",
        "ｉｎｖｅｎｔｅｄ＠example.com",
        "invented 골뱅이 네이버 닷컴",
        "invented1@naver.com",
        "invented(at)gmail.com",
    ),
    Kind.ACCOUNT: (
        "@invented_1",
        "인스타 invent_ed1",
        "인스타: inventedname",
        "ㅇㅅㅌ inv.ented",
        "카톡 아이디 invented99",
        "카톡: inv99",
        "텔레 @invented9",
        "https://t.me/invented_p",
        "t.me/+AbCdEfGhIj",
        "instagram.com/invented.x",
        "디코 invented#1234",
        "라인 아이디: inventedx",
        "insta invented_2",
        "트위터 invented77",
        "telegram: invented_3",
        "open.kakao.com/o/sAbCdE1",
        "ｔ．ｍｅ／invented_q",
        "인스타 i n v e n t",
        "discord.gg/AbCdE12",
        "아이디: 가나다라9",
    ),
    Kind.ADDRESS: (
        "서울시 강남구 한빛로 12",
        "한빛로12길 34",
        "한빛대로 123번길 4-5",
        "가온동 123-4",
        "가온동 산 12번지",
        "경기도 가온시 누리읍 빛나리 45",
        "한빛아파트 101동 1203호",
        "101동 1203호",
        "세종특별자치시 누리로 7, 12동 304호",
        "부산 누리구 가온동 77",
        "한빛빌라 302호",
    ),
    Kind.PLATE: ("12가3456", "123나4567", "12 다 3456", "서울 34라 5678", "１２가３４５６", "345하 7890"),
    Kind.BANK: (
        "국민 123456-12-123456",
        "카카오뱅크 3333-01-1234567",
        "계좌번호: 110-123-456789",
        "신한은행 110123456789",
        "농협 302-1234-5678-91",
        "123-456-789012 우리은행",
        "토스뱅크 1000-1234-5678",
        "1234-5678-9012-3456",
    ),
    Kind.BIRTH: (
        "생년월일 080312",
        "생일: 3월 12일",
        "2008.03.12생",
        "생년월일: 2008년 3월 12일",
        "2008-03-12 생",
        "생일은 0312",
    ),
    Kind.STUDENT: ("학번 30215", "학번: 20231234", "학번은 20315", "20231234 학번"),
}
"""Of each kind, ways to write one; what must not survive are its digits and Latin letters."""
CARRIERS = ("{}", "연락은 {} 로", "한빛고 {} 입니다", "이거 봐 {} ㅋㅋ", "({})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A text and what of it must be masked."""

    text: str
    secrets: tuple[str, ...]
    kind: Kind


def sentences_with_names() -> Iterator[Sentence]:
    """Names whole, in lists, put out and romanised: about 500."""
    names = people(2000)
    for template in BESIDE_SCHOOL:
        yield from (_filled(template, name) for name in islice(names, 15))
    for template in PLAIN:
        yield from (_filled(template, name) for name in islice((name for name in names if len(name) > 2), 8))
    for template in LISTS:
        for _ in range(6):
            three = tuple(islice(names, 3))
            yield Sentence(text=template.format(*three), secrets=three, kind=Kind.NAME)
    for template, name in zip(cycle(PUT_OUT), islice((name for name in names if len(name) == 3), 49), strict=False):
        text = template.format(*name)
        shown = next(word for word in text.split() if word.startswith(name[0]))
        yield Sentence(text=text, secrets=(shown,), kind=Kind.NAME)
    for name in ROMANISED:
        for template in ("{} 한빛고 2학년", "Hanbit high school, {}"):
            yield Sentence(text=template.format(name), secrets=(name,), kind=Kind.NAME)


def sentences_with_numbers() -> Iterator[Sentence]:
    """Everything that is made of digits or Latin letters, in five surroundings each."""
    for kind, ways in NUMBERS.items():
        for way in ways:
            for carrier in CARRIERS:
                yield Sentence(text=carrier.format(way), secrets=(way,), kind=kind)


def people(number: int) -> Iterator[str]:
    """Invented names, one in eight with a rare surname."""
    for at in range(number):
        family = RARE_FAMILY[at % len(RARE_FAMILY)] if at % 8 == 7 else FAMILY[(at * 7) % len(FAMILY)]
        yield family + GIVEN[(at * 11) % len(GIVEN)]


def _filled(template: str, name: str) -> Sentence:
    has_coda = (ord(name[-1]) - 0xAC00) % 28 != 0
    particles = {"은": "은" if has_coda else "는", "이": "이" if has_coda else "가", "을": "을" if has_coda else "를"}
    return Sentence(text=template.format(name, **particles), secrets=(name,), kind=Kind.NAME)


def mentions_in(text: str) -> tuple[Mention, ...]:
    """Mentions of the invented schools, as a register that lists them would find."""
    return tuple(
        Mention(
            start=found.start(),
            end=found.end(),
            surface=found[0],
            school=None,
            candidates=(),
            level=None,
            rule="official",
            confidence=0.9,
        )
        for found in re.finditer("한빛여고|한빛고|한빛대학교|가온중학교|가온중|누리초", text)
    )
