"""What the practice Telegram answers to each method: the table of them all."""

from collections.abc import Callable

from telethon.tl import TLObject, functions

from practice.telegram.answers import changing, config, history, login, rooms, searching, updates
from practice.telegram.answers.caller import Answered, Caller

Answer = Callable[[Caller, TLObject], Answered]

_OPEN: dict[type[TLObject], Answer] = {
    functions.help.GetConfigRequest: config.get_config,
    functions.help.GetNearestDcRequest: config.get_nearest_dc,
    functions.help.GetAppConfigRequest: config.get_app_config,
    functions.auth.SendCodeRequest: login.send_code,
    functions.auth.SignInRequest: login.sign_in,
    functions.auth.CheckPasswordRequest: login.check_password,
    functions.account.GetPasswordRequest: login.get_password,
}
_SIGNED_IN: dict[type[TLObject], Answer] = {
    functions.auth.LogOutRequest: login.log_out,
    functions.users.GetUsersRequest: config.get_users,
    functions.account.UpdateStatusRequest: config.update_status,
    functions.contacts.GetContactsRequest: config.get_contacts,
    functions.contacts.ResolveUsernameRequest: rooms.resolve_username,
    functions.contacts.SearchRequest: rooms.search,
    functions.channels.GetChannelsRequest: rooms.get_channels,
    functions.channels.GetFullChannelRequest: rooms.get_full_channel,
    functions.channels.GetParticipantsRequest: rooms.get_participants,
    functions.channels.GetChannelRecommendationsRequest: rooms.get_recommendations,
    functions.channels.JoinChannelRequest: rooms.join_channel,
    functions.channels.LeaveChannelRequest: rooms.leave_channel,
    functions.messages.GetChatsRequest: rooms.get_chats,
    functions.messages.GetFullChatRequest: rooms.get_full_chat,
    functions.messages.CheckChatInviteRequest: rooms.check_invite,
    functions.messages.ImportChatInviteRequest: rooms.import_invite,
    functions.messages.GetHistoryRequest: history.get_history,
    functions.messages.GetRepliesRequest: history.get_replies,
    functions.messages.GetDiscussionMessageRequest: history.get_discussion,
    functions.messages.GetMessagesRequest: history.get_messages,
    functions.messages.GetMessagesViewsRequest: history.get_views,
    functions.messages.GetPollResultsRequest: history.get_poll,
    functions.channels.GetMessagesRequest: history.get_channel_messages,
    functions.messages.SearchRequest: searching.search,
    functions.messages.SearchGlobalRequest: searching.search_global,
    functions.channels.SearchPostsRequest: searching.search_posts,
    functions.messages.GetDialogsRequest: searching.get_dialogs,
    functions.messages.GetPinnedDialogsRequest: searching.get_pinned_dialogs,
    functions.messages.GetPeerDialogsRequest: searching.get_peer_dialogs,
    functions.updates.GetStateRequest: updates.get_state,
    functions.updates.GetDifferenceRequest: updates.get_difference,
    functions.updates.GetChannelDifferenceRequest: updates.get_channel_difference,
    functions.messages.SendMessageRequest: changing.send_message,
    functions.messages.ReadHistoryRequest: changing.read_chat,
    functions.channels.ReadHistoryRequest: changing.read_channel,
    functions.upload.GetFileRequest: changing.get_file,
}

ANSWERS: dict[int, Answer] = {
    request.CONSTRUCTOR_ID: answer for request, answer in (*_OPEN.items(), *_SIGNED_IN.items())
}
"""By number of the method; anything else is refused, and counted."""
OPEN_TO_ALL = frozenset(request.CONSTRUCTOR_ID for request in _OPEN)
"""Methods that need no signed-in user."""

__all__ = ["ANSWERS", "OPEN_TO_ALL", "Answer", "Answered", "Caller"]
