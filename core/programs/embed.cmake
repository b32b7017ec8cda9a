# Writes a C++ file that holds the text of the programs' sources, for source_text() (registry.h).
#
#   cmake -DOUTPUT=<file.cpp> -DROOT=<source folder> "-DFILES=<file>;<file>…" -P embed.cmake
#
# A source becomes a list of raw string literals of less than 16 KB each, since compilers need not take longer ones. The
# array ends with an entry whose name is null.
set(piece_length 12000)
set(delimiter "synoptic")

set(text "// Made by core/programs/embed.cmake at build time: the texts of the programs' sources.\n")
string(APPEND text "#include \"core/programs/embedded.h\"\n\nnamespace synoptic {\n\n")
string(APPEND text "const EmbeddedSource embedded_sources[] = {\n")
foreach(file IN LISTS FILES)
  file(RELATIVE_PATH name "${ROOT}" "${file}")
  file(READ "${file}" source)
  string(FIND "${source}" ")${delimiter}\"" ends_early)
  if(NOT ends_early EQUAL -1)
    message(FATAL_ERROR "${name}: holds the end of a raw string, )${delimiter}\"; choose another delimiter in embed.cmake")
  endif()
  string(APPEND text "    {\"${name}\",\n")
  string(LENGTH "${source}" length)
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${source}" ${at} ${piece_length} piece)
    # Cut behind a line, so that no character of several bytes is cut.
    string(FIND "${piece}" "\n" last_newline REVERSE)
    math(EXPR rest "${length} - ${at}")
    if(rest GREATER piece_length AND NOT last_newline EQUAL -1)
      math(EXPR whole_lines "${last_newline} + 1")
      string(SUBSTRING "${piece}" 0 ${whole_lines} piece)
    endif()
    string(APPEND text "     R\"${delimiter}(${piece})${delimiter}\"\n")
    string(LENGTH "${piece}" piece_bytes)
    math(EXPR at "${at} + ${piece_bytes}")
  endwhile()
  if(length EQUAL 0)
    string(APPEND text "     \"\"\n")
  endif()
  string(APPEND text "    },\n")
endforeach()
string(APPEND text "    {nullptr, nullptr},\n};\n\n}  // namespace synoptic\n")
file(WRITE "${OUTPUT}" "${text}")
