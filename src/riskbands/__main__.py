"""``python -m riskbands``: the command line."""

from riskbands.cli import main

if __name__ == "__main__":
    main()
