//! What went wrong, where in which file, how to mend it; and how that is drawn.
