PROGRAM: list = []
