"""The review console: pages, a JSON API and live events for the people who judge what was collected.

``console.routes.ROUTES`` is the one table of what can be asked for and who may. Every request passes the
gates of ``console.app.GATES`` in order. What the console cannot do itself is passed in (``console.visit.Console``).
"""
