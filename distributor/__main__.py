"""`python -m distributor` is the command line."""

from .cli import main

main()
