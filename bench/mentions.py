"""Finding schools: how many are found and how many are false, how fast beside bare matchers, at what cost."""

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median

import ahocorasick
from ahocorasick_rs import AhoCorasick
from flashtext import KeywordProcessor

from bench.mention_scores import Sentence, level_of, read_sentences, score, score_disguises
from bench.table import measure_in_turns, print_speeds, print_table
from config.register import load_all_schools
from pipelines.flags import confident
from pipelines.schools import Register, compile_register, find_mentions

GOAL = 100_000
"""Posts a second on one core; and at least a third of bare ahocorasick_rs."""
SLOW_SHARE = 200
"""One post in so many is given to ``re``, which would take an hour for all."""


START_UP = """
import sys, time
from pathlib import Path
from crawler.compiled import compiled_register
begin = time.perf_counter()
compiled_register(Path(sys.argv[1]), Path(sys.argv[2]))
print(time.perf_counter() - begin)
"""


def main() -> None:
    """Print scores, speeds and costs."""
    folder = os.environ.get("HAECHI_TEST_DATA")
    if not folder:
        print("mentions: HAECHI_TEST_DATA names no folder with schools.csv and corpora/; nothing is measured")
        return
    data = Path(folder)
    register = compile_register(load_all_schools(data / "schools.csv"))
    positives = read_sentences(data / "corpora" / "school_mentions_dev_positives.jsonl")
    negatives = read_sentences(data / "corpora" / "school_mentions_dev_negatives.jsonl")
    posts = read_posts(data / "corpora" / "background.jsonl.gz")
    print_scores(register, positives, negatives)
    print_rules(register, [*positives, *negatives], posts)
    print_disguises(register, positives)
    print_peers(register, posts)
    print_costs(data / "schools.csv")


def read_posts(path: Path) -> list[str]:
    """Texts of the unlabelled background."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line)["text"] for line in file]


def print_scores(register: Register, positives: Sequence[Sentence], negatives: Sequence[Sentence]) -> None:
    """Precision, recall and F1 together and by level; false ones in a thousand sentences that tempt."""
    found = score(positives, register)
    tempted = score(negatives, register)
    levels = sorted({level_of(surface) for surface in (*found.reached, *found.missed)})
    rows = [_row("all", found.true, found.false, len(found.reached), len(found.missed))]
    for level in levels:
        true = sum(level_of(surface) == level for surface in found.hits)
        reached = sum(level_of(surface) == level for surface in found.reached)
        missed = sum(level_of(surface) == level for surface in found.missed)
        rows.append(_row(level, true, 0, reached, missed))
    both = _row("with the negatives", found.true, found.false + tempted.false, len(found.reached), len(found.missed))
    print_table(
        f"{len(positives)} sentences that name schools", ("", "true", "false", "missed", "P", "R", "F1"), [*rows, both]
    )
    print(f"False in {len(negatives):,} tempting sentences: {tempted.false}, ", end="")
    print(f"{1000 * tempted.false / len(negatives):.2f} in 1,000: {dict(tempted.false_kinds)}\n")


def _row(name: str, true: int, false: int, reached: int, missed: int) -> tuple[str, ...]:
    precision = true / ((true + false) or 1)
    recall = reached / ((reached + missed) or 1)
    f1 = 2 * precision * recall / ((precision + recall) or 1)
    return name, str(true), str(false), str(missed), f"{precision:.3f}", f"{recall:.3f}", f"{f1:.3f}"


def print_rules(register: Register, sentences: Sequence[Sentence], posts: Sequence[str]) -> None:
    """What each rule found: labelled sentences, then the unlabelled background."""
    found = score(sentences, register)
    loose = Counter(one.rule for post in posts for one in confident(find_mentions(post, register)))
    rows = [
        (
            rule,
            str(found.true_rules[rule]),
            str(found.false_rules[rule]),
            _share(found.true_rules[rule], found.false_rules[rule]),
            str(loose[rule]),
        )
        for rule in sorted({*found.true_rules, *found.false_rules, *loose})
    ]
    rows.append(("all", str(found.true), str(found.false), _share(found.true, found.false), str(loose.total())))
    title = f"By rule; background: {len(posts):,} posts, {1000 * loose.total() / len(posts):.2f} mentions in 1,000"
    print_table(title, ("rule", "true", "false", "precision", "background"), rows)


def _share(true: int, false: int) -> str:
    return f"{true / (true + false):.2f}" if true + false else ""


def print_disguises(register: Register, positives: Sequence[Sentence]) -> None:
    """Recall of every disguise of every name of the positives, in its sentence."""
    rows = [
        (name, f"{found}", f"{tried}", f"{found / tried:.3f}", f"{exact / tried:.3f}")
        for name, (found, exact, tried) in score_disguises(positives, register).items()
    ]
    found, tried = sum(int(row[1]) for row in rows), sum(int(row[2]) for row in rows)
    rows.append(("all", str(found), str(tried), f"{found / tried:.3f}", ""))
    print_table("Names of the positives, disguised", ("disguise", "found", "of", "recall", "exact span"), rows)


def print_peers(register: Register, posts: Sequence[str]) -> None:
    """Posts and bytes a second beside bare matchers over the same aliases; only ours judges what it meets."""
    words = [alias.text for alias in register.aliases]
    bare = AhoCorasick(words)
    older = ahocorasick.Automaton()
    for word in words:
        older.add_word(word, word)
    older.make_automaton()
    flash = KeywordProcessor(case_sensitive=True)
    flash.add_keywords_from_list(words)
    alternatives = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
    few = posts[::SLOW_SHARE]
    works: dict[str, Callable[[], int]] = {
        "haechi": lambda: _each(lambda post: find_mentions(post, register), posts),
        "ahocorasick_rs, bare": lambda: _each(bare.find_matches_as_indexes, posts),
        "pyahocorasick, bare": lambda: _each(lambda post: list(older.iter(post)), posts),
        "flashtext, bare": lambda: _each(flash.extract_keywords, posts),
        "re, bare": lambda: _each(alternatives.findall, few),
    }
    speeds = measure_in_turns(works, rounds=3)
    size = sum(len(post.encode("utf-8", "replace")) for post in posts) / len(posts)
    named = {f"{name} ({speed * size / 1e6:.1f} MB/s)": speed for name, speed in speeds.items()}
    base = next(name for name in named if name.startswith("ahocorasick_rs"))
    print_speeds(f"{len(posts):,} posts, {len(words):,} aliases (goal: {GOAL:,}, a third)", "posts", named, base)


def _each(find: Callable[[str], object], posts: Iterable[str]) -> int:
    number = 0
    for post in posts:
        find(post)
        number += 1
    return number


def print_costs(path: Path) -> None:
    """Start-up and memory with the whole register."""
    with tempfile.TemporaryDirectory() as folder:
        first, *later = (_start_up(path, folder) for _ in range(6))
    schools = load_all_schools(path)
    before = _resident_mb()
    tracemalloc.start()
    kept = compile_register(schools)
    own = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    rows = [
        ("first start", f"{first:.2f} s", ""),
        ("start", f"{median(later):.2f} s", "under 0.5 s"),
        (
            "memory of the process",
            f"{_resident_mb() - before:.0f} MB more for {len(kept.aliases):,} aliases",
            "under 150",
        ),
        ("of it Python's own", f"{own:.0f} MB", ""),
    ]
    print_table(f"The register of {len(schools):,} names", ("", "", "goal"), rows)


def _start_up(path: Path, folder: str) -> float:
    """Seconds until the register is ready, in a process of its own as at every start."""
    command = [sys.executable, "-c", START_UP, str(path), folder]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
