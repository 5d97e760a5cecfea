"""What is known of each step, as plain dataclasses: a file per step. Written as JSON by model.py; docs/EXPLAIN.md describes them."""
