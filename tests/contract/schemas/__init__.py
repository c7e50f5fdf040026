"""Tests of the documents that programs outside read."""
