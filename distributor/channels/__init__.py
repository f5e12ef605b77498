"""One file per kind of network; each speaks through its client library only."""
