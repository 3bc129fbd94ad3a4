"""What the law and the guidance say by when: dated rules, each with its source."""
