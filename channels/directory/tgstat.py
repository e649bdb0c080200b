"""tgstat.ru, tgstat.com and their country hosts: category pages, ratings, search and the page of a room.

Its own "show more" posts a form with the page's token: not done. Whole lists need its API (``tgstat_api``).
"""

import re

from channels.directory.cards import Cards, Shape
from channels.directory.site import Site
from channels.directory.tidy import find_next_page, keep_html

_CARD = ("peer-item-box", "peer-item-row", "ribbon-box", "card", "tr", "list-group-item")

CARDS = Cards(
    site="tgstat",
    room=re.compile(r"/(?P<kind>channel|chat)/(?P<name>@\w+|[\w-]+)(?:/stat)?/?(?:[?#]|$)"),
    shapes=(
        Shape(
            link='a[href*="/channel/"], a[href*="/chat/"]',
            around=_CARD,
            title=(".font-16.text-dark", ".h4.text-dark", ".font-16", ".h4"),
            description=(".line-clamp-2", ".font-14.text-muted", ".font-14.overflow-y-hidden"),
        ),
    ),
    own_page=Shape(link="h1", around=("body",), title=("h1",), description=("p.card-text",), near=("h2",)),
)

SITE = Site(
    name="tgstat",
    hosts=("tgstat.ru", "tgstat.com"),
    sign='.peer-item-box, .peer-item-row, form.lm-form, a[href*="//tgstat.ru/ch"], a[href*="//tgstat.com/ch"]',
    read=CARDS.read,
    keep=keep_html,
    next_page=find_next_page,
    says_empty="Ничего не найдено",
    more_beyond=".lm-button",
)
