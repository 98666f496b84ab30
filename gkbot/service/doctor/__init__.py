"""Is everything in order? One small probe for each thing gkbot stands on, each answer with its cure."""
