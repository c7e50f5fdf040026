"""Alerts: conditions found in tables, told once each, and once more when they are over."""
