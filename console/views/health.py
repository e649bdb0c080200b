"""For whoever keeps the console running: does it live, can it serve? Two words, for anyone, without a session."""

import asyncio

from aiohttp import web
from pymongo.errors import PyMongoError
