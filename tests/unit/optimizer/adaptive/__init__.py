"""Tests of the adaptive policy and the worlds that it is learned in."""
