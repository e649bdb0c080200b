"""What every request passes on its way in, one gate a file; their order is in ``console/app.py``."""
