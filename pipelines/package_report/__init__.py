"""The human report of a package, Korean and English. A derived view: what is proven lies beside it."""

from pipelines.package_report.render import render_report

__all__ = ["render_report"]
