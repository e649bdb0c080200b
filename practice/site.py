"""A web site on loopback: how every one of practice is started and stopped."""

from abc import ABC, abstractmethod

from aiohttp import web


class LoopbackSite(ABC):
    """What the sites of practice share; each says in ``_application`` what it serves."""

    def __init__(self) -> None:
        self.base = ""
        """Address of the server once it is started, without a slash at the end."""
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serve until ``stop``.

        Args:
            host: an address of this machine.
            port: 0 picks a free one.

        Returns:
            The address of the server, such as ``http://127.0.0.1:40123``.
        """
        # Short: pages that a fault still delays are not waited for.
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.base = f"http://{host}:{self._runner.addresses[0][1]}"
        return self.base

    async def stop(self) -> None:
        """Stop serving; nothing happens when it is not running."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @abstractmethod
    def _application(self) -> web.Application:
        """What is served; asked for at each start."""
