"""A small Telegram on loopback: a server that an unmodified Telethon client talks to; nothing in it is real.

It keeps no secrets and enforces no security: what it holds is a scripted world, and every call made of it is counted.
"""
