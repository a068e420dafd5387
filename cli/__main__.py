"""`python -m cli`: the command `tidings` without its script."""

from cli.main import main

main()
