"""Figures of agreement against published worked examples."""

import pytest

from pipelines.agreement import FEWEST, agreement, cohen_kappa, kappa_error, krippendorff_alpha, wilson


def table(*rows: tuple[int, ...]) -> list[tuple[str, str]]:
    """Pairs of a square table of counts: rows by the first reviewer, columns by the second."""
    return [(str(i), str(j)) for i, row in enumerate(rows) for j, number in enumerate(row) for _ in range(number)]


def columns(*reviewers: str) -> list[list[str | None]]:
    """Cases of reviewers' labels, a letter each; a point where somebody said nothing."""
    return [[None if label == "." else label for label in case] for case in zip(*reviewers, strict=True)]


@pytest.mark.parametrize(
    ("rows", "kappa"),
    [
        (((20, 5), (10, 15)), 0.4),
        (((45, 15), (25, 15)), 0.1304),
        (((25, 35), (5, 35)), 0.2593),
        (((75, 1, 4), (5, 4, 1), (0, 0, 10)), 0.6765),
    ],
    ids=["textbook", "same share, symmetric", "same share, asymmetric", "Fleiss 1981"],
)
def test_cohen_kappa(rows: tuple[tuple[int, ...], ...], kappa: float) -> None:
    """Of the tables in common use; the last is that of Fleiss, Statistical Methods for Rates and Proportions (1981)."""
    assert pytest.approx(kappa, abs=5e-5) == cohen_kappa(table(*rows))


def test_error_of_kappa() -> None:
    """Fleiss, Cohen and Everitt (1969), 200 cases: kappa 0.429, variance 0.002885."""
    pairs = table((106, 10, 4), (22, 28, 10), (2, 12, 6))
    assert pytest.approx(0.429, abs=5e-4) == cohen_kappa(pairs)
    error = kappa_error(pairs)
    assert error is not None
    assert pytest.approx(0.002885, abs=5e-6) == error**2


@pytest.mark.parametrize(
    ("reviewers", "alpha"),
    [
        (("0100000010", "1110010000"), 0.095),
        (("aabbdcccedda", "babbbccceddd"), 0.692),
        (("123321412...", "1233224125.3", ".3332342251.", "12332441251."), 0.743),
    ],
    ids=["A, binary", "B, nominal", "C, any number of reviewers, missing labels"],
)
def test_krippendorff_alpha(reviewers: tuple[str, ...], alpha: float) -> None:
    """Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), examples A to C."""
    assert pytest.approx(alpha, abs=5e-4) == krippendorff_alpha(columns(*reviewers))


def test_wilson() -> None:
    """Newcombe (1998), method 3: 81 of 263 is 0.2553 to 0.3662; 0 of 20 is 0 to 0.1611."""
    assert pytest.approx((0.2553, 0.3662), abs=5e-5) == wilson(81, 263)
    assert pytest.approx((0.0, 0.1611), abs=5e-5) == wilson(0, 20)


def test_high_agreement_with_a_low_kappa_is_explained_by_prevalence() -> None:
    """985 of 1,000 alike, 1.25 % positive: kappa 0.39, and agreement on the positive ones is just as low."""
    found = agreement(table((980, 8), (7, 5)), "1")
    assert (1_000, False) == (found.pairs, found.is_too_few)
    shown = [found.percent, found.prevalence, found.kappa, found.positive]
    assert [0.985, 0.0125, 0.39, 0.4] == [round(value, 4 if at < 2 else 2) for at, value in enumerate(shown) if value]
    assert found.kappa_low is not None
    assert found.kappa_high is not None
    assert found.kappa_low < 0.39 < found.kappa_high


def test_little_or_nothing_to_compare() -> None:
    """Too few say so; one label only has no kappa and no alpha; nothing has nothing."""
    few = agreement([("a", "a")] * (FEWEST - 1), "a")
    assert (True, 1.0, None, None, 1.0) == (few.is_too_few, few.percent, few.kappa, few.alpha, few.positive)
    assert (0, None, None) == ((none := agreement([], "a")).pairs, none.percent, none.kappa)
    assert None is agreement([("a", "b")], "c").positive
    assert None is krippendorff_alpha([["a", None]])
