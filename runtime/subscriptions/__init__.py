"""What each account service was, day by day: its life, statuses, periods and transitions."""

from runtime.subscriptions.build import build_subscriptions

__all__ = ["build_subscriptions"]
