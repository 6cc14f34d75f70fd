"""Tables for people: the layouts of text that are read, and every name under which a file is left out or a part of it refused."""

LAYOUTS: dict[str, str] = {
    "JSON lines": "a value on each line; line ends are LF, CRLF or CR",
    "JSON": "documents over any number of lines; values one behind the other, with or without commas, blanks, record separators or a "
    "literal `\\n` between them; lists and pages of any length, of which the elements are read one by one",
    "text before JSON": "a time, a syslog header or anything else before the value on its line is passed over and noted (`text_before_json`)",
    "texts put together": "UTF-8 and UTF-16LE behind each other in one file, as PowerShell's `>>` makes them, are both read and noted "
    "(`mixed_encodings`)",
    "one page of several": "an answer that says that there is more (`@odata.nextLink`, `NextToken`, more `hits` in total than it holds) is read and noted "
    "(`more_pages`)",
    "CSV": "comma, semicolon, tab or bar; quoted cells with line ends; `sep=` and `#TYPE` lines; empty cells are absent",
    "Parquet": "with the extra `parquet`: each row is a record by the names of its columns",
    "audit.log": "lines `type=... msg=audit(...): ...`, also behind a header of syslog or as ausearch prints them; each line is a record",
}

LEFT_OUT: dict[str, str] = {
    "empty": "nothing is in it",
    "no_json_and_no_csv": "it is text, and no JSON is at its beginning",
    "binary": "it is neither text nor a known format",
    "format_not_read": "it is a known format that is not read; the detail says what to do",
    "encrypted": "a member of a zip archive needs a password",
    "compression_not_read": "a member of a zip archive is compressed by a method that is not read",
    "link": "a link in an archive",
    "device": "a device or a pipe in an archive or folder",
    "pipe": "a named pipe in a folder: it would be waited for; give it by name, or as standard input",
    "socket": "a socket in a folder",
    "broken_link": "a link to nothing",
    "link_to_a_folder": "a link to a folder, which is not followed",
    "folder_unreadable": "a folder that this user may not list",
    "no_file": "neither a file nor a folder",
}

REFUSED: dict[str, str] = {
    "invalid_json": "a line or a value that is no JSON",
    "record_too_large": "one record above its limit",
    "file_unreadable": "the file cannot be opened",
    "file_truncated_or_corrupt": "the file is cut or damaged; what came before is read",
    "file_too_large": "more came out of the file than it may give",
    "nested_too_deeply": "archives in archives, beyond the depth",
    "zstd_not_installed": "the package zstandard is missing",
    "parquet_not_installed": "the extra parquet is missing",
    "parquet_unreadable": "the Parquet file is broken, or needs more memory than its worker has",
    "csv_columns_unknown": "the columns of a CSV belong to no known table",
    "csv_row_broken": "a row with more cells than columns, or with a cell above the limit",
}
