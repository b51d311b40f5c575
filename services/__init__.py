"""What listens for people and their sites. Services never import each other."""
