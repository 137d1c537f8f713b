"""The measurements: `make bench` runs them all."""
