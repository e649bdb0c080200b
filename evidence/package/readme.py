"""``README.ko.txt`` and ``README.en.txt``: how to check a package offline, and what that shows and does not show."""

from evidence.custody import moment
from evidence.package.contents import Contents

KO = """\
해치 증거 패키지 {id}

이 폴더에 무엇이 있나
  package.json            목적, 법적 근거, 요청자, 승인자, 제공 범위(profile: {profile}), 항목 목록
  report.html             사람이 읽는 보고서. 파생물이며 증거 원본이 아닙니다
  items/                  항목. 원본이 포함되는 범위에서는 item.json 이 봉인된 원본 기록,
                          raw.*.gz 가 수집 당시의 조각입니다
  items.csv               참고용 사본(NON-EVIDENTIAL). 증거가 아닙니다
  custody/                보관 이력(로그)의 관련 기록, 체크포인트, 포함 증명, 일관성 증명, 공개 키
  범위에 따라 일부는 없습니다.

확인하는 방법 (인터넷 불필요)
  1. 이 폴더의 상위 폴더(verify.py 가 있는 곳)에서:  python3 verify.py
     어느 파일이 변경, 삭제, 추가되었거나 목록이 다시 만들어졌으면 그 파일을 알려 줍니다. Python 만 있으면 됩니다.
  2. 로그 이름 {log} 과 공개 키를 이 패키지가 아닌 경로(전화, 일일 요약, 공문)로 확인하십시오.
     이미 받은 체크포인트가 있으면:  python3 verify.py --checkpoint 파일
  3. verify.py 자체를 믿지 않는다면 다른 도구로 같은 확인을 할 수 있습니다.
     sha512sum -c manifest-sha512.txt  그리고  sha512sum -c tagmanifest-sha512.txt
     openssl pkeyutl -verify -pubin -inkey data/custody/keys/package.pub -rawin \\
       -in tagmanifest-sha512.txt -sigfile ../{id}.sig
     시각 확인(tsa/ 가 있을 때): openssl ts -verify -data X.txt -in X.tsr -CAfile 기관의_루트_인증서.pem
  종료 코드: 0 온전함, 2 훼손됨, 3 주어진 체크포인트와 비교할 수 없음, 4 두 개의 이력, 5 읽을 수 없음

증명되는 것
  - 이 패키지는 서명된 뒤 한 바이트도 바뀌지 않았습니다.
  - 각 항목은 {at} 이전에 로그에 봉인되었고, 그 뒤 바뀌지 않았습니다(disclosure.json 이 있는 범위에서 직접 확인 가능).
  - 로그는 consistency.json 에 적힌 이전 체크포인트들에서 이어진 것입니다.

증명되지 않는 것
  - 게시물의 내용이 사실이라는 것. 학교 이름의 언급은 글쓴이의 주장일 뿐입니다.
  - 누가 게시했는지, 텔레그램이 표시한 게시 시각이 맞는지.
  - 로그 운영자가 처음부터 거짓을 기록하지 않았다는 것. 외부 체크포인트나 시각 확인이 그 범위를 좁힙니다.
  - 이 패키지에 없는 항목이 없다는 것. 사진과 영상은 처음부터 수집하지 않습니다.
{stamps}
"""

EN = """\
Haechi package of evidence {id}

What is here
  package.json            purpose, legal basis, requester, approvers, profile ({profile}), list of items
  report.en.html          report for people: a derived view, not the evidence itself
  items/                  the items. Where the profile has it, item.json is the sealed record and raw.*.gz the fragment
                          as captured
  items.csv               convenience copy (NON-EVIDENTIAL)
  custody/                the log's entries that concern this package, checkpoint, proofs, public keys
  Some of these are left out by the profile.

How to check it (no internet needed)
  1. In the folder above this one, where verify.py lies:  python3 verify.py
     It names any file that was changed, removed or added, and sees lists that were made anew. Python alone is enough.
  2. Compare the name of the log, {log}, and the public key with what you were told by other means
     than this package: by telephone, a daily summary, a letter. With a checkpoint that you hold:
     python3 verify.py --checkpoint FILE
  3. If you do not trust verify.py, other tools can do the same:
     sha512sum -c manifest-sha512.txt  and  sha512sum -c tagmanifest-sha512.txt
     openssl pkeyutl -verify -pubin -inkey data/custody/keys/package.pub -rawin \\
       -in tagmanifest-sha512.txt -sigfile ../{id}.sig
     Time stamps, where there is tsa/:  openssl ts -verify -data X.txt -in X.tsr -CAfile ROOT_OF_THE_AUTHORITY.pem
  Exit codes: 0 intact, 2 broken, 3 the checkpoint given cannot be compared, 4 two histories, 5 unreadable

What is proven
  - Not one byte of this package was changed since it was signed.
  - Each item was sealed in the log before {at} and not changed since (where disclosure.json is given, you can
    check that yourself).
  - The log grew out of the earlier checkpoints in consistency.json.

What is not proven
  - That what a post says is true. That it names a school is a claim by whoever wrote it.
  - Who posted it, and that the time which Telegram shows is right.
  - That whoever runs the log did not write untruths from the beginning; checkpoints held outside and time stamps
    narrow that down.
  - That there are no items besides those in here. Pictures and videos are never collected.
{stamps}
"""

STAMPS = {
    "ko": {
        True: "외부 기관의 시각 확인이 data/custody/tsa 에 있습니다.",
        False: "외부 기관의 시각 확인: 없음(고정되지 않음).",
    },
    "en": {
        True: "Time stamps of outside authorities are in data/custody/tsa.",
        False: "Time stamps by outside authorities: none (not anchored).",
    },
}


def readmes(contents: Contents) -> dict[str, bytes]:
    """By language."""
    words = {
        "id": contents.order.id,
        "profile": contents.order.profile.name,
        "log": contents.log.note.log,
        "at": moment(contents.log.note.at),
    }
    return {
        lang: text.format(**words, stamps=STAMPS[lang][bool(contents.stamps)]).encode()
        for lang, text in (("ko", KO), ("en", EN))
    }
