"""tgviewer.github.io: tiles of channels without numbers, and a page for each channel."""

import re

from channels.directory.cards import Cards, Shape
from channels.directory.site import Site
from channels.directory.tidy import DESCRIPTION, find_next_page, keep_html
from evidence.records import PlaceKind

CARDS = Cards(
    site="tgviewer",
    room=re.compile(r"(?:/channel|^(?:\.\./)*channel|//t\.me)/(?P<name>[A-Za-z]\w+)(?:\.html)?/?(?:[?#]|$)"),
    shapes=(
        Shape(
            link=".tgv-catalog-item a",
            around=("tgv-catalog-item",),
            title=(".card-footer", ".card-title"),
            description=(f".{DESCRIPTION}",),
        ),
        Shape(
            link=".card-body h6 a",
            around=("card-body",),
            title=("h5",),
            description=(".tgme_page_description",),
        ),
    ),
    kind=PlaceKind.CHANNEL,
)

SITE = Site(
    name="tgviewer",
    hosts=("tgviewer.github.io",),
    sign=".tgv-catalog-item, .tgv-info, .tgv-page-logo",
    read=CARDS.read,
    keep=keep_html,
    next_page=find_next_page,
)
