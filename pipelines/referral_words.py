"""Words of referral drafts, in Korean and English."""

from collections.abc import Mapping

from evidence.review import Category, Disposition

LABELS: Mapping[str, Mapping[str, str]] = {
    "ko": {
        "address": "주소",
        "room": "채널",
        "message": "메시지 번호",
        "posted_at": "게시 시각(UTC)",
        "seen_at": "처음 확인한 시각(UTC)",
        "removed_at": "사라진 것을 확인한 시각(UTC)",
        "category": "분류",
        "severity": "심각도",
        "why": "판단",
        "rules": "표시한 규칙",
        "excerpt": "발췌(가림)",
        "places": "개인정보 위치(글자 순서: 종류)",
        "seal": "봉인 기록",
        "hidden": "긴급 아동 보호: 글은 옮기지 않습니다.",
        "no_text": "전문은 봉인한 증거 묶음에 있습니다.",
        "unjudged": "사람의 판단 전(긴급)",
    },
    "en": {
        "address": "Address",
        "room": "Channel",
        "message": "Message id",
        "posted_at": "Posted (UTC)",
        "seen_at": "First seen (UTC)",
        "removed_at": "Seen to be gone (UTC)",
        "category": "Category",
        "severity": "Severity",
        "why": "Judged",
        "rules": "Flagged by",
        "excerpt": "Excerpt (masked)",
        "places": "Personal details (characters: kind)",
        "seal": "Sealed as",
        "hidden": "Urgent child safety: the words are not repeated.",
        "no_text": "The full text is in the sealed evidence package.",
        "unjudged": "not judged by a person yet (urgent)",
    },
}
CATEGORIES: Mapping[str, Mapping[str, str]] = {
    "ko": {
        Category.SYNTHETIC_MEDIA: "합성·편집물",
        Category.SOLICITATION: "제작·자료 요청",
        Category.TRADE: "판매·교환",
        Category.THREAT: "협박",
        Category.NAME_LIST: "명단",
        Category.PERSONAL_DATA: "개인정보 유포",
        Category.AWARENESS: "예방·보도",
        Category.OTHER: "기타",
    },
    "en": {
        Category.SYNTHETIC_MEDIA: "made or altered images",
        Category.SOLICITATION: "asks for material",
        Category.TRADE: "sells or exchanges",
        Category.THREAT: "threatens",
        Category.NAME_LIST: "list of names",
        Category.PERSONAL_DATA: "personal details",
        Category.AWARENESS: "prevention or news",
        Category.OTHER: "other",
    },
}
SEVERITIES: Mapping[str, Mapping[str, str]] = {
    "ko": {"low": "낮음", "medium": "보통", "high": "높음", "critical": "매우 높음"},
    "en": {"low": "low", "medium": "medium", "high": "high", "critical": "critical"},
}
JUDGED: Mapping[str, Mapping[str, str]] = {
    "ko": {Disposition.CONFIRMED: "검토자가 확인함", Disposition.LIKELY: "검토자가 가능성이 높다고 봄"},
    "en": {Disposition.CONFIRMED: "confirmed by a reviewer", Disposition.LIKELY: "likely, says a reviewer"},
}
KINDS_EN: Mapping[str, str] = {
    "이름": "name",
    "전화": "telephone",
    "주민번호": "resident number",
    "계정": "account",
    "이메일": "e-mail",
    "주소": "address",
    "차량": "vehicle",
    "계좌": "bank account",
    "생년월일": "date of birth",
    "학번": "student number",
}
