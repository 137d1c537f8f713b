HTTP: list = []
