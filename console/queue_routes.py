"""The lines of the table of routes for the queue, several flags at once, and reveals."""

from console.rates import Pace
from console.reviewing import flag_offices
from console.routing import Route, Scope
from console.views import bulk, bulk_api, queue, queue_acts, queue_api, queue_models, reveals, reveals_api
from evidence.roles import Permission

P = Permission

QUEUE = (
    Route("GET", "/queue", queue.queue_page, P.DECIDE, Scope.LISTED),
    Route("GET", "/queue/pause", queue.pause_page, P.DECIDE),
    Route("POST", "/queue/next", queue_acts.next_one, P.DECIDE, Scope.LISTED),
    Route("GET", "/queue/{flag}", queue.flag_page, P.DECIDE, flag_offices),
    Route("POST", "/queue/{flag}/act", queue_acts.act_form, P.DECIDE, flag_offices),
    Route("POST", "/queue/{flag}/decide", queue_acts.decide_form, P.DECIDE, flag_offices),
    Route("POST", "/queue/{flag}/settle", queue_acts.settle_form, P.ADJUDICATE, flag_offices),
    Route("POST", "/queue/{flag}/note", queue_acts.note_form, P.NOTE, flag_offices),
    Route("POST", "/queue/{flag}/reopen", queue_acts.reopen_form, P.CASES, flag_offices),
    Route("POST", "/queue/{flag}/check", queue_acts.check_form, P.ASSIGN, flag_offices),
    Route("GET", "/queue/{flag}/case", queue_acts.case_page, P.CASES, flag_offices),
    Route("POST", "/queue/{flag}/case", queue_acts.case_form, P.CASES, flag_offices),
)

SEVERAL = (
    Route("GET", "/bulk", bulk.bulk_page, P.BULK, Scope.LISTED),
    Route("POST", "/bulk", bulk.preview_form, P.BULK, Scope.LISTED),
    Route("GET", "/bulk/{batch}", bulk.batch_page, P.BULK, Scope.LISTED),
    Route("POST", "/bulk/{batch}/apply", bulk.apply_form, P.BULK, Scope.LISTED),
    Route("POST", "/bulk/{batch}/undo", bulk.undo_form, P.BULK, Scope.LISTED),
)

REVEALS = (
    Route("GET", "/queue/{flag}/reveal", reveals.ask_page, P.REVEAL, flag_offices),
    Route("POST", "/queue/{flag}/reveal", reveals.ask_form, P.REVEAL, flag_offices, needs_proof=True),
    Route("GET", "/reveals", reveals.reveals_page, P.REVEAL, Scope.LISTED),
    Route("POST", "/reveals/approve", reveals.approve_form, P.APPROVE_REVEAL, Scope.LISTED, needs_proof=True),
    Route(
        "GET",
        "/reveals/{proposal}",
        reveals.reveal_page,
        P.REVEAL,
        reveals.reveal_offices,
        needs_proof=True,
        pace=Pace.EXPORT,
    ),
)

_FLAG = queue_api.FlagAnswer

FOR_PROGRAMS = (
    Route(
        "GET",
        "/api/queue",
        queue_api.queue,
        P.DECIDE,
        Scope.LISTED,
        gives=queue_api.QueueAnswer,
        words="The queue by the filters `shelf`, `severity`, `office`, `source`, `age`, `mine`; `after` goes on.",
    ),
    Route(
        "POST",
        "/api/queue/next",
        queue_api.next_one,
        P.DECIDE,
        Scope.LISTED,
        body=queue_models.Next,
        gives=queue_api.NextAnswer,
        words="Claim whatever comes first.",
    ),
    Route(
        "GET", "/api/queue/{flag}", queue_api.flag, P.DECIDE, flag_offices, gives=_FLAG, words="One flag, text masked."
    ),
    Route(
        "POST",
        "/api/queue/{flag}/acts",
        queue_api.act,
        P.DECIDE,
        flag_offices,
        body=queue_models.FlagAct,
        gives=_FLAG,
        words="Claim, look, release, skip, recuse, snooze, wake, undo, urgent, calm.",
    ),
    Route(
        "POST",
        "/api/queue/{flag}/decision",
        queue_api.decision,
        P.DECIDE,
        flag_offices,
        body=queue_models.Decision,
        gives=_FLAG,
        words="Decide first, second or, as a supervisor in a dispute, for good.",
    ),
    Route(
        "POST",
        "/api/queue/{flag}/notes",
        queue_api.note,
        P.NOTE,
        flag_offices,
        body=queue_models.Words,
        gives=_FLAG,
        words="Write something down about it.",
    ),
    Route(
        "POST",
        "/api/queue/{flag}/reopening",
        queue_api.reopen,
        P.CASES,
        flag_offices,
        body=queue_models.Reopening,
        gives=_FLAG,
        words="Have it reviewed anew.",
    ),
    Route(
        "POST",
        "/api/queue/{flag}/check",
        queue_api.check,
        P.ASSIGN,
        flag_offices,
        gives=_FLAG,
        words="A supervisor looked at an urgent one.",
    ),
    Route(
        "POST",
        "/api/queue/{flag}/case",
        queue_api.case,
        P.CASES,
        flag_offices,
        body=queue_models.Putting,
        gives=queue_api.CaseAnswer,
        words="Put all sealed revisions into a case.",
    ),
    Route(
        "POST",
        "/api/bulk",
        bulk_api.preview,
        P.BULK,
        Scope.LISTED,
        body=bulk_api.SeveralAsked,
        gives=bulk_api.BatchPreview,
        words="See what a decision would do to many flags; nothing is decided.",
    ),
    Route(
        "GET",
        "/api/bulk/{batch}",
        bulk_api.batch,
        P.BULK,
        Scope.LISTED,
        gives=bulk_api.BatchAnswer,
        words="What became of a batch.",
    ),
    Route(
        "POST",
        "/api/bulk/{batch}/apply",
        bulk_api.apply,
        P.BULK,
        Scope.LISTED,
        gives=bulk_api.BatchAnswer,
        words="Decide a previewed batch; asked again it goes on where it stopped.",
    ),
    Route(
        "POST",
        "/api/bulk/{batch}/undo",
        bulk_api.undo,
        P.BULK,
        Scope.LISTED,
        gives=bulk_api.BatchAnswer,
        words="Take a whole batch back within 24 hours.",
    ),
    Route(
        "POST",
        "/api/queue/{flag}/reveals",
        reveals_api.ask_one,
        P.REVEAL,
        flag_offices,
        needs_proof=True,
        body=reveals.RevealAsked,
        gives=reveals_api.RevealAnswer,
        words="Ask to see masked text, or break the glass as a supervisor.",
    ),
    Route(
        "POST",
        "/api/reveals/approval",
        reveals_api.approve_one,
        P.APPROVE_REVEAL,
        Scope.LISTED,
        needs_proof=True,
        body=reveals.Approval,
        gives=reveals_api.RevealAnswer,
        words="Approve what another person asked to see.",
    ),
    Route(
        "GET",
        "/api/reveals/{proposal}",
        reveals_api.text,
        P.REVEAL,
        reveals.reveal_offices,
        needs_proof=True,
        pace=Pace.EXPORT,
        gives=reveals_api.RevealedText,
        words="The text unmasked, for a quarter of an hour; each answer is logged.",
    ),
)

QUEUE_ROUTES = (*QUEUE, *SEVERAL, *REVEALS, *FOR_PROGRAMS)
