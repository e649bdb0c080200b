"""How much is found of what was invented to be found, and how little of what was not."""

import re
from collections import Counter

import pytest

from evidence.masked import Kind
from pipelines.masking import mask
from tests.pipelines.masking.sentences import Sentence, mentions_in, sentences_with_names, sentences_with_numbers

NAMES = list(sentences_with_names())
OTHERS = list(sentences_with_numbers())
HOSTS = {"https", "t.me", "instagram.com", "open.kakao.com", "discord.gg", "insta", "telegram"}
"""What is left of an address says where, not who."""


def test_there_are_enough_sentences() -> None:
    """Three hundred invented names and more, and as many numbers."""
    assert len(NAMES) >= 400
    assert len(OTHERS) >= 400


def test_names_are_found() -> None:
    """Measured: 0.98 of whole, listed, put-out and romanised names."""
    secrets = [(sentence, secret) for sentence in NAMES for secret in sentence.secrets]
    missed = [secret for sentence, secret in secrets if secret in mask(sentence.text, mentions_in(sentence.text)).text]
    assert len(missed) / len(secrets) <= 0.03, missed


@pytest.mark.parametrize("kind", sorted({sentence.kind for sentence in OTHERS}))
def test_numbers_and_accounts_are_found(kind: Kind) -> None:
    """Measured: all of them, each as its own kind, and nothing of it survives."""
    missed = [sentence.text for sentence in OTHERS if sentence.kind is kind and not _is_hidden(sentence)]
    assert [] == missed


def _is_hidden(sentence: Sentence) -> bool:
    masked = mask(sentence.text, mentions_in(sentence.text))
    parts = {part for secret in sentence.secrets for part in re.findall(r"[0-9a-zA-Z_.]{3,}", secret)} - HOSTS
    return any(span.kind is sentence.kind for span in masked.spans) and not any(part in masked.text for part in parts)


ORDINARY = (
    "내일 학교에서 정말 이상한 시험을 본다",
    "한빛고 정문 앞에서 만나자",
    "3반 전체가 이번 주에 소풍을 간다",
    "2학년 교과서 정가는 12000원이다",
    "고등학교 선생님은 조용히 하라고 하셨다",
    "급식 시간에 주인공 이야기를 했다",
    "서로 2명씩 짝을 지어 앞으로 10년",
    "이 영화 10점 주고 싶다",
    "조회수 12345678",
    "2026-11-22 01:10:12 에 올라온 글",
    "1등급 3조 5000억 원",
    "오후 3시 30분 2층 201호선",
    "전교생 500명 중 30명이 지원했다",
    "라인 업데이트 telegram channel 소식",
    "1588-1234 상담",
    "회원 3,500명 달성",
    "12조 3456억",
    "학생회장 선거는 다음 주",
    "여름 방학 동안 한강 공원에서",
    "20학번 새내기 환영",
    "하지만 지금은 우리 모두 안전하다",
)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays(text: str) -> None:
    """Words, prices, times and ranks are nobody."""
    assert text == mask(text, mentions_in(text)).text


def test_kinds_are_kept_apart() -> None:
    """A post with everything keeps its shape."""
    text = "한빛고 2학년 3반 김철수(080312) 010-1234-5678 인스타 abc_d a@example.com 국민 123456-12-123456 12가3456"
    masked = mask(text, mentions_in(text))
    assert "한빛고 2학년 3반 [이름]([생년월일]) [전화] 인스타 [계정] [이메일] 국민 [계좌] [차량]" == masked.text
    assert Counter(span.kind for span in masked.spans).most_common(1)[0][1] == 1
