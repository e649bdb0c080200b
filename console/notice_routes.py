"""The lines of the table of routes for notices and referrals."""

from console.routing import Route, Scope
from console.views import notices, referrals, referrals_api
from console.views.referrals import referral_offices
from evidence.roles import Permission

P = Permission

NOTICES = (
    Route("GET", "/notices", notices.notices_page, P.HEALTH, Scope.LISTED),
    Route("POST", "/notices", notices.see_to, P.HEALTH, Scope.LISTED),
    Route(
        "GET",
        "/api/notices",
        notices.list_notices,
        P.HEALTH,
        Scope.LISTED,
        gives=notices.Notices,
        words="What staff should know, of two weeks, newest first; each for those whom it concerns.",
    ),
    Route(
        "POST",
        "/api/notices",
        notices.see_to_by_program,
        P.HEALTH,
        Scope.LISTED,
        body=notices.Seen,
        gives=notices.Notices,
        words="Acknowledge one for all.",
    ),
)
REFERRALS = (
    Route("GET", "/referrals", referrals.referrals_page, P.RECORD_SENDING, Scope.LISTED),
    Route("POST", "/referrals", referrals.draft, P.DRAFT_PACKAGE, Scope.LISTED),
    Route("GET", "/referrals/{referral}", referrals.referral_page, P.RECORD_SENDING, referral_offices),
    Route(
        "POST",
        "/referrals/{referral}/approve",
        referrals.approve,
        P.APPROVE_PACKAGE,
        referral_offices,
        needs_proof=True,
    ),
    Route("POST", "/referrals/{referral}/sent", referrals.sent, P.RECORD_SENDING, referral_offices),
    Route("POST", "/referrals/{referral}/outcome", referrals.outcome, P.RECORD_SENDING, referral_offices),
    Route("POST", "/referrals/{referral}/withdraw", referrals.take_back, P.RECORD_SENDING, referral_offices),
    Route(
        "GET",
        "/api/referrals",
        referrals_api.list_referrals,
        P.RECORD_SENDING,
        Scope.LISTED,
        gives=referrals_api.Referrals,
        words="Referrals within one's own offices, newest first, without their texts.",
    ),
    Route(
        "POST",
        "/api/referrals",
        referrals_api.draft,
        P.DRAFT_PACKAGE,
        Scope.LISTED,
        body=referrals.NewDraft,
        gives=referrals_api.ReferralRow,
        words="Draft a referral of a case; nothing is sent.",
    ),
    Route(
        "GET",
        "/api/referrals/{referral}",
        referrals_api.referral,
        P.RECORD_SENDING,
        referral_offices,
        gives=referrals_api.Letter,
        words="One with its text, as a person sends it.",
    ),
    Route(
        "POST",
        "/api/referrals/{referral}/approve",
        referrals_api.approve,
        P.APPROVE_PACKAGE,
        referral_offices,
        needs_proof=True,
        gives=referrals_api.ReferralRow,
        words="A second person agrees that it is sent as it stands.",
    ),
    Route(
        "POST",
        "/api/referrals/{referral}/sent",
        referrals_api.sent,
        P.RECORD_SENDING,
        referral_offices,
        body=referrals_api.SentBody,
        gives=referrals_api.ReferralRow,
        words="A person says that they sent it, just now.",
    ),
    Route(
        "POST",
        "/api/referrals/{referral}/outcome",
        referrals_api.outcome,
        P.RECORD_SENDING,
        referral_offices,
        body=referrals.Outcome,
        gives=referrals_api.ReferralRow,
        words="A person says what the body did.",
    ),
    Route(
        "POST",
        "/api/referrals/{referral}/withdraw",
        referrals_api.take_back,
        P.RECORD_SENDING,
        referral_offices,
        gives=referrals_api.ReferralRow,
        words="It is not to be sent.",
    ),
)
NOTICE_ROUTES = (*NOTICES, *REFERRALS)
