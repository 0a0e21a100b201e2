"""``python -m gitlint_ops``."""

from gitlint_ops.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
