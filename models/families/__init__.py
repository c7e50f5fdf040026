"""One file a family of models; each learns from earlier decisions and gives probabilities of home, draw and away."""
