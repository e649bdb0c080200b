"""What stands in front of a list instead of it: a login, a challenge, a captcha. Seen and named, never passed."""

from enum import StrEnum
from urllib.parse import urlsplit

from channels.directory.site import Listed, Site
from channels.directory.tidy import parse_received

FEW = 2
"""Rooms that a wall itself may link to: the site's own news and its bot."""


class Wall(StrEnum):
    """Why a page is not the list that it should be."""

    CHALLENGE = "a challenge page"
    """The host wants proof that a browser asks."""
    CAPTCHA = "a captcha"
    """The host wants proof that a person asks."""
    LOGIN = "a login page"
    """The list is not public."""


CHALLENGE_TITLES = (
    *("just a moment", "attention required", "checking your browser", "ddos-guard", "security check"),
    *("human verification", "are you a robot", "access denied", "один момент", "проверка браузера"),
)
CAPTCHA_TITLES = ("подозрение на робота", "captcha", "капча")
CHALLENGE = (
    '#challenge-form, #challenge-running, #challenge-stage, .cf-browser-verification, form[action*="__cf_chl"],'
    ' script[src*="/cdn-cgi/challenge-platform/h/"][src*="orchestrate"]'
)
CAPTCHA = (
    ".g-recaptcha, .h-captcha, .cf-turnstile, #recaptcha-widget, .recaptcha-widget,"
    ' iframe[src*="captcha"], input[name*="captcha"]'
)
LOGIN = "input[type=password]"
LOGIN_PATHS = frozenset(["login", "signin", "sign-in", "auth"])


def find_wall(site: Site, listed: Listed, text: str, url: str) -> Wall | None:
    """The wall that a page is; None where it lists rooms, or is something else altogether."""
    if not LOGIN_PATHS.isdisjoint(urlsplit(url).path.lower().split("/")[1:3]):
        return Wall.LOGIN
    if len(listed.rooms) > (FEW if site.lists_single else 0):
        return None
    if '"status":"restricted"' in text[:2_000].replace(" ", ""):
        return Wall.CAPTCHA
    tree = parse_received(text)
    heading = tree.css_first("title")
    title = heading.text().lower() if heading is not None else ""
    if tree.css_first(CHALLENGE) is not None or any(words in title for words in CHALLENGE_TITLES):
        return Wall.CHALLENGE
    if tree.css_first(CAPTCHA) is not None or any(words in title for words in CAPTCHA_TITLES):
        return Wall.CAPTCHA
    return Wall.LOGIN if tree.css_first(LOGIN) is not None else None
