"""What should have been charged by now, and what is left to charge: target minus posted."""
