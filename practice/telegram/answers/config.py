"""Answers about the service itself and the account."""

from telethon.tl import TLObject, types

from practice.telegram.answers.caller import Caller
from practice.telegram.channel import utc
from practice.telegram.switchboard import DC_ID

HOST = "127.0.0.1"


def get_config(caller: Caller, _: TLObject) -> types.Config:
    """Where the server is, and its limits."""
    now = caller.world.clock()
    return types.Config(
        date=utc(now),
        expires=utc(now + 3600),
        test_mode=True,
        this_dc=DC_ID,
        dc_options=[types.DcOption(DC_ID, HOST, caller.board.port, static=True)],
        dc_txt_domain_name="localhost.invalid",
        chat_size_max=200,
        megagroup_size_max=200_000,
        forwarded_count_max=100,
        online_update_period_ms=210_000,
        offline_blur_timeout_ms=5_000,
        offline_idle_timeout_ms=30_000,
        online_cloud_timeout_ms=300_000,
        notify_cloud_delay_ms=30_000,
        notify_default_delay_ms=1_500,
        push_chat_period_ms=60_000,
        push_chat_limit=2,
        edit_time_limit=172_800,
        revoke_time_limit=2_147_483_647,
        revoke_pm_time_limit=2_147_483_647,
        rating_e_decay=2_419_200,
        stickers_recent_limit=200,
        channels_read_media_period=604_800,
        call_receive_timeout_ms=20_000,
        call_ring_timeout_ms=90_000,
        call_connect_timeout_ms=30_000,
        call_packet_timeout_ms=10_000,
        me_url_prefix="https://t.me/",
        caption_length_max=1_024,
        message_length_max=4_096,
        webfile_dc_id=DC_ID,
    )


def get_nearest_dc(_: Caller, __: TLObject) -> types.NearestDc:
    """There is one."""
    return types.NearestDc("ZZ", DC_ID, DC_ID)


def get_app_config(_: Caller, __: TLObject) -> types.help.AppConfig:
    """How many channels may be joined."""
    limits = (("channels_limit_default", 500.0), ("channels_limit_premium", 1000.0))
    values = [types.JsonObjectValue(name, types.JsonNumber(number)) for name, number in limits]
    return types.help.AppConfig(1, types.JsonObject(values))


def get_users(caller: Caller, request: TLObject) -> list[TLObject]:
    """Users by id and access hash; an empty one for each that is unknown."""
    return [_find_user(caller, ref) for ref in request.id]


def _find_user(caller: Caller, ref: types.InputUser) -> types.User:
    world = caller.world
    if isinstance(ref, types.InputUserSelf):
        return world.draw_user(world.me.id)
    user_id = getattr(ref, "user_id", 0)
    user = world.users.get(user_id)
    if user and (user is world.me or user.access_hash == ref.access_hash):
        return world.draw_user(user_id)
    return types.UserEmpty(user_id)


def update_status(_: Caller, __: TLObject) -> bool:
    """Taken note of."""
    return True


def get_contacts(_: Caller, __: TLObject) -> types.contacts.Contacts:
    """None."""
    return types.contacts.Contacts([], 0, [])
