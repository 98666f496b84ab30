"""The small web page: the office looks on at the machine itself, contacts answer through their links."""
