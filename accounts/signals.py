"""What this app tells apps above it."""

from django.dispatch import Signal

# Somebody registers with an invite code, on an instance that takes nobody without. Sent inside that transaction with
# `user`, `code` and the client's `address` (None where there is none): the receiver that honours the code lets them in
# where it leads and returns True, or raises why not.
invited = Signal()

# What others see of some people's presence has changed. Sent inside that transaction with `users`: the receiver tells
# those who may know.
presence_changed = Signal()

# An account is about to be deleted. Sent inside that transaction with `actor` and `user`: each receiver ends what the
# database cannot end by itself, or raises why the account cannot go.
account_ending = Signal()
