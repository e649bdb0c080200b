"""A verdict over the custody log in words, Korean or English, and as a row."""

from typing import Any, Literal

from evidence.backup import Restored
from evidence.custody import moment
from evidence.verdict import Break, Damage, State, Verdict

Lang = Literal["ko", "en"]

STATES: dict[State, dict[Lang, str]] = {
    State.INTACT: {
        "en": "✓ intact: {size:,} entries, held up to entry {last:,} by a checkpoint from outside of {at}",
        "ko": "✓ 온전함: 항목 {size:,}개, {at}의 외부 체크포인트로 {last:,}번 항목까지 확인됨",
    },
    State.BROKEN: {"en": "✗ broken", "ko": "✗ 훼손됨"},
    State.NOT_ANCHORED: {
        "en": "○ intact in itself, not anchored: {size:,} entries. Whether its end was cut off is not provable"
        " without a checkpoint from outside: give one with --checkpoint FILE",
        "ko": "○ 자체로는 온전하나 고정되지 않음: 항목 {size:,}개. 외부 체크포인트 없이는 끝부분이 잘렸는지 증명할 수"
        " 없습니다: --checkpoint FILE 로 지정하세요",
    },
    State.TWO_HISTORIES: {"en": "✗ two histories", "ko": "✗ 두 개의 이력"},
    State.UNREADABLE: {"en": "✗ unreadable", "ko": "✗ 읽을 수 없음"},
}

DAMAGES: dict[Damage, dict[Lang, str]] = {
    Damage.CHANGED: {
        "en": "{entries} was changed after it was written{what}",
        "ko": "{entries} 기록된 뒤 변경되었습니다{what}",
    },
    Damage.INSERTED: {
        "en": "{entries} was slipped in{what}",
        "ko": "{entries} 끼워 넣어졌습니다{what}",
    },
    Damage.REMOVED: {"en": "{entries} is missing: removed", "ko": "{entries} 없습니다: 삭제됨"},
    Damage.REORDERED: {
        "en": "{entries} does not stand in its place: the order was changed",
        "ko": "{entries} 제자리에 있지 않습니다: 순서가 바뀌었습니다",
    },
    Damage.FIELD_CHANGED: {
        "en": "{entries}: whole, but what is stored beside it was changed{what}",
        "ko": "{entries}: 내용은 온전하나 함께 저장된 값이 변경되었습니다{what}",
    },
    Damage.KEY_CHANGED: {
        "en": "{entries} is signed by a key that the log never changed to{what}",
        "ko": "{entries} 이 로그가 교체한 적 없는 키로 서명되었습니다{what}",
    },
    Damage.UNSIGNED: {
        "en": "{entries} is not signed by the log's key: slipped in, or changed with all that depends on it",
        "ko": "{entries} 로그의 키로 서명되지 않았습니다: 끼워 넣었거나 딸린 값까지 함께 변경되었습니다",
    },
    Damage.FENCED: {
        "en": "{entries} was written by an appender after another one had taken over{what}",
        "ko": "{entries} 다른 기록자가 넘겨받은 뒤에 이전 기록자가 썼습니다{what}",
    },
    Damage.CUT: {
        "en": "the log ends before {entries}, which a checkpoint signed: its tail was cut off,"
        " or an old backup was put back",
        "ko": "체크포인트가 서명한 {entries} 앞에서 로그가 끝납니다: 끝부분이 잘렸거나 옛 백업으로 되돌려졌습니다",
    },
    Damage.REPLACED: {
        "en": "this is not the log that the checkpoint or the key here belongs to{what}: it was replaced,"
        " or the checkpoint is of another installation",
        "ko": "체크포인트나 이곳의 키가 속한 로그가 아닙니다{what}: 로그가 바꿔치기되었거나"
        " 다른 설치의 체크포인트입니다",
    },
    Damage.FORKED: {
        "en": "two different logs were signed: they part somewhere in {entries}",
        "ko": "서로 다른 두 로그가 서명되었습니다: {entries} 사이에서 갈라집니다",
    },
    Damage.RESTORED: {
        "en": "a backup{what} was put back, as entry {seq} declares: {entries} of the history before were lost,"
        " and the checkpoint given is of that history",
        "ko": "{seq}번 항목이 밝히듯 백업{what}이 복원되었습니다: 그 이전 이력의 {entries}이(가) 소실되었고,"
        " 주어진 체크포인트는 그 이력의 것입니다",
    },
    Damage.BAD_NOTE: {
        "en": "the checkpoint of {what} entries is not signed by the log's key: it was changed, or is none of ours",
        "ko": "항목 {what}개의 체크포인트가 로그의 키로 서명되지 않았습니다: 변경되었거나 우리 것이 아닙니다",
    },
}


RESTORES: dict[bool, dict[Lang, str]] = {
    True: {
        "en": "! entry {seq:,}, {ts}: the backup {backup} was put back; {lost:,} entries that the log had before,"
        " {seq:,}-{last:,}, were lost",
        "ko": "! {seq:,}번 항목, {ts}: 백업 {backup} 복원됨; 그 전에 있던 항목 {lost:,}개({seq:,}-{last:,})가"
        " 소실되었습니다",
    },
    False: {
        "en": "! entry {seq:,}, {ts}: the backup {backup} was put back; no lost entries are known",
        "ko": "! {seq:,}번 항목, {ts}: 백업 {backup} 복원됨; 소실된 것으로 알려진 항목은 없습니다",
    },
}
"""A restore that the log declares, by whether entries were lost with it."""


def say(verdict: Verdict, lang: Lang) -> list[str]:
    """Lines for people."""
    at = moment(verdict.anchored_at) if verdict.anchored_at else ""
    lines = [STATES[verdict.state][lang].format(size=verdict.size, last=verdict.anchored - 1, at=at)]
    if verdict.found:
        lines.append(f"  {_damage(verdict.found, lang)}")
    if verdict.anchored < verdict.size and not verdict.found:
        since = {"en": "not anchored since {at}: {0:,} entries", "ko": "{at}부터 고정되지 않음: 항목 {0:,}개"}
        lines.append("  " + since[lang].format(verdict.size - verdict.anchored, at=at or verdict.begun_at))
    lines += [f"  {_restored(one, lang)}" for one in verdict.restored]
    if verdict.set_back_count:
        named = ", ".join(f"{seq:,}" for seq in verdict.set_back)
        flag = {"en": "! the clock was set back before {0} entries: {1}", "ko": "! 시계가 뒤로 간 항목 {0}개: {1}"}
        lines.append("  " + flag[lang].format(verdict.set_back_count, named))
    return lines


def _restored(one: Restored, lang: Lang) -> str:
    words = RESTORES[one.lost > 0][lang]
    return words.format(seq=one.seq, ts=one.ts, backup=one.backup[:16], lost=one.lost, last=one.size - 1)


def _damage(found: Break, lang: Lang) -> str:
    is_one = found.seq == found.until
    span = f"{found.seq:,}" if is_one else f"{found.seq:,}-{found.until:,}"
    entries = {"en": f"entry {span}" if is_one else f"one of the entries {span}", "ko": f"항목 {span}"}[lang]
    if found.damage is Damage.RESTORED:
        entries = {"en": f"entries {span}", "ko": f"항목 {span}"}[lang]
    if found.damage is Damage.REMOVED and not is_one:
        entries = {"en": f"each of the entries {span}", "ko": f"항목 {span}"}[lang]
    what = found.what if found.damage is Damage.BAD_NOTE else f" ({found.what})" if found.what else ""
    return DAMAGES[found.damage][lang].format(entries=entries, what=what, seq=f"{found.seq:,}")


def verdict_row(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON."""
    found = verdict.found
    return {
        "state": str(verdict.state),
        "exit_code": verdict.state.exit_code,
        "log": verdict.log or None,
        "size": verdict.size,
        "root": verdict.root.hex(),
        "damage": str(found.damage) if found else None,
        "first_bad": found.seq if found else None,
        "last_bad": found.until if found else None,
        "what": found.what or None if found else None,
        "anchored": verdict.anchored,
        "anchored_at": moment(verdict.anchored_at) if verdict.anchored_at else None,
        "own_checkpoints_up_to": verdict.own_size,
        "restored": [
            {"entry": one.seq, "at": one.ts, "backup": one.backup, "lost": one.lost, "log_size_before": one.size}
            for one in verdict.restored
        ],
        "clock_set_back": list(verdict.set_back),
        "clock_set_back_count": verdict.set_back_count,
        "said": {lang: say(verdict, lang) for lang in ("ko", "en")},
    }
