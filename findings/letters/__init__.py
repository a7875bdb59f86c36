"""What letters are made of: their text, the figures in it, live and as sent, and where a letter can start from."""
