# nothing to change
