"""telemetr.io: the directory of the news of 2024. The number in its links is Telegram's bare channel id."""

import re

from channels.directory.cards import Cards, Shape
from channels.directory.site import Site
from channels.directory.tidy import find_next_page, keep_html
from evidence.records import PlaceKind

CARDS = Cards(
    site="telemetrio",
    room=re.compile(r"/channels/(?P<id>\d+)(?:-(?P<name>[^/?#]*))?(?:/[a-z]+)?/?(?:[?#]|$)"),
    shapes=(
        Shape(
            link="a.channel-name__title",
            around=("tr",),
            count=(".channels-table-cursor-pointer",),
            columns=("subscribers", "подписчики", "подписчиков", "구독자", "suscriptores", "assinantes"),
        ),
    ),
    own_page=Shape(link="h1", around=("main", "body"), title=("h1",), near=("h2",)),
    kind=PlaceKind.CHANNEL,
)

SITE = Site(
    name="telemetrio",
    hosts=("telemetr.io",),
    sign="a.channel-name__title",
    read=CARDS.read,
    keep=keep_html,
    next_page=find_next_page,
)
