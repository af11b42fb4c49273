"""What administrators of the instance see and do over REST: people, servers, settings and figures."""
