"""send: messages a second against a bare local server, by Tidings and by what one would write instead."""
