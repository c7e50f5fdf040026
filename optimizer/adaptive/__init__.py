"""A staking policy learned in simulation, kept in the shadow of the fixed fraction until it has proved better."""
