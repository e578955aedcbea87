"""What an uploaded table may hold. Everything above is refused before it can hurt."""

BYTES = 20 * 1024 * 1024
ZIP_ENTRIES = 2_000
ZIP_BYTES = 400 * 1024 * 1024
ZIP_RATIO = 200  # of an entry above ZIP_RATIO_FROM; a real sheet of 100,000 rows compresses about 12 to 1
ZIP_RATIO_FROM = 4 * 1024 * 1024
ROWS = 200_000
COLUMNS = 100
LOOK_INTO = 40  # rows among which the heading is found
CELL_CHARACTERS = 2_000
BLANK_RUN = 20_000  # after so many blank rows the rest is formatting, not data
OUTPUT_BYTES = 300 * 1024 * 1024
MEMORY_BYTES = 1_200 * 1024 * 1024
CPU_SECONDS = 120
WALL_SECONDS = 240
MERGES = 20_000
AT_ONCE_BYTES = 512 * 1024  # a second or two of reading; larger tables go to the worker
AT_ONCE_ROWS = 2_000
