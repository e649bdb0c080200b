"""A stand-in for NEIS' open API on loopback: paging, keys, its error codes and its oddities, as of 2026."""

from collections import Counter
from collections.abc import Mapping, Sequence

from aiohttp import web

from practice.site import LoopbackSite

MESSAGES = {
    "INFO-000": "정상 처리되었습니다.",
    "INFO-200": "해당하는 데이터가 없습니다.",
    "INFO-300": "관리자에 의해 인증키 사용이 제한되었습니다.",
    "ERROR-290": "인증키가 유효하지 않습니다.",
    "ERROR-300": "필수 값이 누락되어 있습니다.",
    "ERROR-333": "요청위치 값의 타입이 유효하지 않습니다.",
    "ERROR-336": "데이터요청은 한번에 최대 1,000건을 넘을 수 없습니다.",
    "ERROR-337": "일별 트래픽 제한을 넘은 호출입니다.",
    "ERROR-500": "서버 오류입니다.",
}
WITHOUT_KEY, MOST = 5, 1000
"""Rows that a stranger gets, and that a page may have."""

Row = Mapping[str, str]


class PracticeNeis(LoopbackSite):
    """A server of these rows; rows, key and faults may be changed while it runs."""

    def __init__(self, rows: Sequence[Row], key: str = "practice-key") -> None:
        super().__init__()
        self.rows = list(rows)
        self.key = key
        self.fail_page: int | None = None
        """Number of the page that answers ``fail_code``; None: none does."""
        self.fail_code = "ERROR-500"
        self.cut_page: int | None = None
        """Number of the page whose answer is cut in the middle."""
        self.missing = 0
        """How many rows the total promises that never come."""
        self.requests: Counter[str] = Counter()

    def _application(self) -> web.Application:
        application = web.Application()
        application.add_routes([web.get("/hub/schoolInfo", self._answer)])
        return application

    async def _answer(self, request: web.Request) -> web.Response:
        asked = request.query
        self.requests[asked.get("pIndex", "")] += 1
        key, first, size = asked.get("KEY", ""), asked.get("pIndex", "1"), asked.get("pSize", "100")
        if key and key != self.key:
            return _result("ERROR-290")
        if not first.isdecimal() or not size.isdecimal():
            return _result("ERROR-333")
        if int(size) > MOST:
            return _result("ERROR-336")
        if int(first) == self.fail_page:
            return _result(self.fail_code)
        return self._page(int(first), int(size) if key else WITHOUT_KEY)

    def _page(self, number: int, size: int) -> web.Response:
        rows = self.rows[(number - 1) * size : number * size]
        if not rows:
            return _result("INFO-200")
        total = len(self.rows) + self.missing
        result = {"CODE": "INFO-000", "MESSAGE": MESSAGES["INFO-000"]}
        answer = {"schoolInfo": [{"head": [{"list_total_count": total}, {"RESULT": result}]}, {"row": list(rows)}]}
        whole = web.json_response(answer)
        if number == self.cut_page:
            return web.Response(text=str(whole.text)[:-40], content_type="application/json")
        return whole


def make_row(code: str, name: str, kind: str = "고등학교", **more: str) -> Row:
    """Make one row as NEIS writes it; ``more`` overrides any field."""
    return {
        "ATPT_OFCDC_SC_CODE": "B10",
        "ATPT_OFCDC_SC_NM": "서울특별시교육청",
        "SD_SCHUL_CODE": code,
        "SCHUL_NM": name,
        "ENG_SCHUL_NM": "",
        "SCHUL_KND_SC_NM": kind,
        "LCTN_SC_NM": "서울특별시",
        "ORG_RDNMA": "서울특별시 종로구 어느길 1",
        "HMPG_ADRES": "",
    } | more


def _result(code: str) -> web.Response:
    return web.json_response({"RESULT": {"CODE": code, "MESSAGE": MESSAGES.get(code, "")}})
