"""The study tools: question bank, quiz, the book's Sphinx extension, and the command line."""
