"""What a developer runs to make the tables of kube/versions anew."""
