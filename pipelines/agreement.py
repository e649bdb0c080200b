"""How far two reviewers agree: per cent, Cohen's kappa, Krippendorff's alpha, with what they must be read beside.

Where nearly everything is dismissed two people agree by chance alone, and kappa is low however careful they
are: so prevalence and the agreement on what was confirmed stand beside it, and below 50 pairs nothing does.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

FEWEST = 50
"""Pairs; below it is said that they are too few."""
Z = 1.959964
"""Of 95 per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Between first and second reviews. Shares are 0 to 1; None where they cannot be said."""

    pairs: int
    percent: float | None
    percent_low: float | None
    """95 % interval of Wilson."""
    percent_high: float | None
    kappa: float | None
    kappa_low: float | None
    """95 % interval by the error of Fleiss, Cohen and Everitt (1969)."""
    kappa_high: float | None
    alpha: float | None
    positive: float | None
    """Of cases that either called positive, weighted: 2a / (2a + b + c)."""
    prevalence: float | None
    """Share of all single reviews that are positive."""

    @property
    def is_too_few(self) -> bool:
        """Whether the figures are to be withheld."""
        return self.pairs < FEWEST


def agreement(pairs: Sequence[tuple[str, str]], positive: str) -> Agreement:
    """Reckon how far two reviewers agree.

    Args:
        pairs: what the first and the second said of each case.
        positive: the label whose prevalence and agreement are given.
    """
    total = len(pairs)
    if not total:
        return Agreement(
            **dict.fromkeys(("percent", "percent_low", "percent_high", "kappa", "kappa_low", "kappa_high")),
            **dict.fromkeys(("alpha", "positive", "prevalence")),
            pairs=0,
        )
    same = sum(one == other for one, other in pairs)
    low, high = wilson(same, total)
    kappa = cohen_kappa(pairs)
    spread = Z * error if kappa is not None and (error := kappa_error(pairs)) is not None else None
    said = sum((one == positive) + (other == positive) for one, other in pairs)
    both = sum(one == other == positive for one, other in pairs)
    return Agreement(
        pairs=total,
        percent=same / total,
        percent_low=low,
        percent_high=high,
        kappa=kappa,
        kappa_low=max(-1.0, kappa - spread) if kappa is not None and spread is not None else None,
        kappa_high=min(1.0, kappa + spread) if kappa is not None and spread is not None else None,
        alpha=krippendorff_alpha(pairs),
        positive=2 * both / said if said else None,
        prevalence=said / (2 * total),
    )


def wilson(successes: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share; ``total`` is at least 1."""
    share, z2 = successes / total, Z * Z
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = Z * sqrt(share * (1 - share) / total + z2 / (4 * total * total)) / (1 + z2 / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Agreement beyond chance, -1 to 1; None where both always said the same one thing."""
    observed, expected, _, _ = _table(pairs)
    return (observed - expected) / (1 - expected) if expected < 1 else None


def kappa_error(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Standard error of kappa in large samples; None where kappa is."""
    observed, expected, firsts, seconds = _table(pairs)
    if expected >= 1:
        return None
    kappa, total = (observed - expected) / (1 - expected), len(pairs)
    cells = {cell: number / total for cell, number in Counter(pairs).items()}
    labels = set(firsts) | set(seconds)
    same = sum(
        cells.get((label, label), 0) * (1 - (firsts.get(label, 0) + seconds.get(label, 0)) * (1 - kappa)) ** 2
        for label in labels
    )
    other = (1 - kappa) ** 2 * sum(
        share * (seconds.get(one, 0) + firsts.get(two, 0)) ** 2 for (one, two), share in cells.items() if one != two
    )
    last = (kappa - expected * (1 - kappa)) ** 2
    return sqrt(max(0.0, same + other - last) / total) / (1 - expected)


def _table(pairs: Sequence[tuple[str, str]]) -> tuple[float, float, Mapping[str, float], Mapping[str, float]]:
    """Observed and expected agreement, and how often each label was said first and second."""
    total = len(pairs)
    firsts = {label: number / total for label, number in Counter(one for one, _ in pairs).items()}
    seconds = {label: number / total for label, number in Counter(other for _, other in pairs).items()}
    observed = sum(one == other for one, other in pairs) / total
    expected = sum(share * seconds.get(label, 0) for label, share in firsts.items())
    return observed, expected, firsts, seconds


def krippendorff_alpha(cases: Sequence[Sequence[str | None]]) -> float | None:
    """Alpha of nominal labels by any number of reviewers.

    Args:
        cases: what each reviewer said of each case; None where somebody said nothing.

    Returns:
        -1 to 1; None where no case has two labels, or all labels are the same.
    """
    weights: dict[tuple[str, str], float] = {}
    for case in cases:
        labels = [label for label in case if label is not None]
        if len(labels) < 2:
            continue
        together = Counter(
            (one, two) for place, one in enumerate(labels) for at, two in enumerate(labels) if at != place
        )
        for cell, number in together.items():
            weights[cell] = weights.get(cell, 0.0) + number / (len(labels) - 1)
    margins: dict[str, float] = {}
    for (label, _), weight in weights.items():
        margins[label] = margins.get(label, 0.0) + weight
    total = sum(margins.values())
    differing = sum(weight for (one, two), weight in weights.items() if one != two)
    by_chance = sum(margins[one] * margins[two] for one in margins for two in margins if one != two)
    return 1 - (total - 1) * differing / by_chance if by_chance else None
