"""What waits for one person: sources by subject (making, following, answering), each a kind of work, in one queue."""
