print("gand")
