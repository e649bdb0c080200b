"""``python -m bench [name …]``: run all benchmarks, or those named."""

import importlib
import sys

BENCHES = (
    "parse",
    "crawl",
    "mentions",
    "startup",
    "telegram",
    "rooms",
    "directory",
    "export",
    "custody",
    "masking",
    "search",
    "console",
    "summary",
    "rescan",
    "workers",
    "sizes",
)


def main() -> None:
    """Run them one after the other; each prints its table."""
    for name in sys.argv[1:] or BENCHES:
        if name not in BENCHES:
            sys.exit(f"bench: {name} is not one of {', '.join(BENCHES)}")
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
