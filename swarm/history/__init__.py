"""Looking back at runs and moving them: verified, forked from any recorded instant, exported and imported."""
