"""The education offices a person's scope is made of, as people read them."""

from console.words import _

OFFICES = {
    "B10": _("Seoul"),
    "C10": _("Busan"),
    "D10": _("Daegu"),
    "E10": _("Incheon"),
    "F10": _("Gwangju"),
    "G10": _("Daejeon"),
    "H10": _("Ulsan"),
    "I10": _("Sejong"),
    "J10": _("Gyeonggi"),
    "K10": _("Gangwon"),
    "M10": _("Chungbuk"),
    "N10": _("Chungnam"),
    "P10": _("Jeonbuk"),
    "Q10": _("Jeonnam"),
    "R10": _("Gyeongbuk"),
    "S10": _("Gyeongnam"),
    "T10": _("Jeju"),
    "none": _("Universities and what belongs to no office"),
}
"""By NEIS code. Names change, codes do not."""
