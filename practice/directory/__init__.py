"""Directory sites on loopback: the practice rooms as other sites list them, and the ways in which those refuse."""
