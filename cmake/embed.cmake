# Writes FILES into OUTPUT as byte arrays behind the function that HEADER declares: vsm::FUNCTION("name").
set(arrays "")
set(lookup "")
set(n 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND arrays "const char file_${n}[] = {${bytes}};\n")
  string(APPEND lookup "  if (name == \"${name}\") return {file_${n}, sizeof file_${n}};\n")
  math(EXPR n "${n} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"${HEADER}\"\n\nnamespace vsm {\nnamespace {\n${arrays}}  // namespace\n
std::string_view ${FUNCTION}(std::string_view name) {\n${lookup}  return {};\n}\n}  // namespace vsm\n")
