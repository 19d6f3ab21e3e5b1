"""Defines the settings of an inventory, and what roles see of them."""
