"""What an operator types and reads: ``manage.py cluster``."""
