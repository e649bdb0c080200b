"""Telegram Desktop exports: one chat out of ``result.json`` or a set of ``messages.html``, as Posts.

An export is a file that somebody hands over: nothing here uses the network. It says less than a page
of t.me (no username, views, members or albums) and more (names of people), which is why names can be
replaced before anything is kept. Read in this order: ``reading``, ``message``, ``result_json``,
``messages_html``, ``chunks``.
"""

from channels.export.reading import Batch, Export, looks_like_html_export, looks_like_json, open_export, read_kept

__all__ = ["Batch", "Export", "looks_like_html_export", "looks_like_json", "open_export", "read_kept"]
