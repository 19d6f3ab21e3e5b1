"""What README claims about speed, reproducible: each is run by `python -m bench.NAME`."""
