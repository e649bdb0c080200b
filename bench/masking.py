"""Masking: posts a second on ordinary Korean text beside one naive alternation, and what each takes for a person."""

import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.mentions import read_posts
from bench.table import measure_in_turns, print_speeds, print_table
from evidence.masked import Kind
from pipelines.masking import mask
from pipelines.masking.name_words import SURNAMES
from practice.story import build_world
from tests.pipelines.masking.sentences import mentions_in, sentences_with_names, sentences_with_numbers

ROUNDS = 3
SHARE = 4
"""One post in so many, so that a run stays under a minute."""

_PLATFORMS = (
    "인스타그램|인스타|카카오톡|카톡|텔레그램|텔레|라인|디스코드|디코|트위터|instagram|insta|telegram|line|discord"
)
NAIVE = re.compile(
    r"(?P<RESIDENT>\d{6}[- ]?[1-8]\d{6})"
    r"|(?P<PHONE>(?:\+82[- .]?|0)1[016789][- .]?\d{3,4}[- .]?\d{4}|0\d{1,2}-\d{3,4}-\d{4})"
    r"|(?P<EMAIL>[\w.%+-]+@[\w-]+(?:\.[\w-]+)+)"
    rf"|(?P<ACCOUNT>@\w{{2,32}}|t\.me/\S+|instagram\.com/\S+|(?:{_PLATFORMS})(?: ?아이디)?[ :]*[a-z0-9_.]{{3,30}})"
    r"|(?P<BANK>(?:국민|신한|우리|하나|농협|기업|카카오뱅크|토스뱅크|계좌(?:번호)?)(?:은행)?[ :]*\d[\d -]{8,18}\d)"
    r"|(?P<PLATE>\d{2,3} ?[가-힣] ?\d{4})"
    r"|(?P<ADDRESS>[가-힣]+(?:로|길) ?\d+(?:-\d+)?|[가-힣]+동 ?\d+-\d+|\d+동 ?\d+호)"
    r"|(?P<BIRTH>(?:생년월일|생일)[ :]*[\d.년월일 -]+)"
    r"|(?P<STUDENT>학번[ :]*\d{4,10})"
    rf"|(?P<NAME>(?:이름|실명)[ :]*[가-힣]{{2,4}}|[{''.join(sorted(SURNAMES))}][가-힣*○]{{1,2}}(?= ?(?:씨|님|양|군"
    rf"|학생|선배|[은는이가을를])))",
    re.IGNORECASE,
)
"""What one writes first: every kind as one alternative, no company asked for, no disguise undone."""


def main() -> None:
    """Print speeds, then what is masked in ordinary text and in invented sentences."""
    posts = load_posts()
    works: dict[str, Callable[[], int]] = {
        "haechi": lambda: sum(mask(post) is not None for post in posts),
        "naive alternation": lambda: sum(_naive(post) is not None for post in posts),
    }
    speeds = measure_in_turns(works, rounds=ROUNDS)
    print_speeds(f"Masking {len(posts):,} ordinary posts", "posts", speeds, "haechi")
    print_ordinary(posts)
    print_invented()


def load_posts() -> list[str]:
    """Ordinary posts where ``HAECHI_TEST_DATA`` names them, else those of the practice world."""
    folder = os.environ.get("HAECHI_TEST_DATA")
    if folder:
        return read_posts(Path(folder) / "corpora" / "background.jsonl.gz")[::SHARE]
    print("HAECHI_TEST_DATA is not set: posts of the practice world instead of real ones")
    rooms = build_world(datetime(2026, 11, 1, tzinfo=UTC)).rooms.values()
    return [post.text for room in rooms for post in room.posts.values()]


def print_ordinary(posts: Sequence[str]) -> None:
    """Posts in which something is masked, of a thousand ordinary ones."""
    ours = Counter(kind for post in posts for kind in {span.kind for span in mask(post).spans})
    naive = Counter(kind for post in posts for kind in {found.lastgroup for found in NAIVE.finditer(post)})
    rows = [
        (kind.name.lower(), f"{1000 * ours[kind] / len(posts):.2f}", f"{1000 * naive[kind.name] / len(posts):.2f}")
        for kind in Kind
    ]
    print_table("Masked in 1,000 ordinary posts", ("", "haechi", "naive"), rows)


def print_invented() -> None:
    """Secrets of invented sentences of which nothing is left."""
    tried: Counter[Kind] = Counter()
    ours: Counter[Kind] = Counter()
    naive: Counter[Kind] = Counter()
    for sentence in (*sentences_with_names(), *sentences_with_numbers()):
        shown, plain = mask(sentence.text, mentions_in(sentence.text)).text, _naive(sentence.text)
        for secret in sentence.secrets:
            tried[sentence.kind] += 1
            ours[sentence.kind] += secret not in shown
            naive[sentence.kind] += secret not in plain
    rows = [
        (kind.name.lower(), str(tried[kind]), f"{ours[kind] / tried[kind]:.3f}", f"{naive[kind] / tried[kind]:.3f}")
        for kind in Kind
    ]
    print_table("Masked of invented secrets, disguised ones among them", ("", "of", "haechi", "naive"), rows)


def _naive(text: str) -> str:
    return NAIVE.sub("[*]", text)


if __name__ == "__main__":
    main()
