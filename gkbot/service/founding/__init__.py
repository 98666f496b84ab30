"""A new office: what is asked, how the answers are read, the files that are written, the first notice."""
