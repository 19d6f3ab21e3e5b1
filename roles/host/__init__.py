"""Prepares the machine itself: its name, swap, SELinux, firewall, kernel, network and clock."""
