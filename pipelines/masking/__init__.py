"""Masking: what tells who somebody is gives way to marks that keep its kind, in everything shown to people."""

from pipelines.masking.mask import carry_mentions, mask

__all__ = ["carry_mentions", "mask"]
