"""Telegram's own protocol as a kind of place, read with signed-in accounts and never written to."""
