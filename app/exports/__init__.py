"""What is taken away of a walk: pictures, films, numbers, code and a citation, each made of a request and its walks."""
