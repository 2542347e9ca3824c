# Writes a C++ source with texts from files in it, at build time:
#
#   cmake -DOUTPUT=FILE.cpp -DNAMESPACE=ns "-DTEXTS=kName=FILE+FILE;kOther=FILE" -P embed.cmake
#
# defines `const std::string_view ns::kName`, the files one after the other; whoever uses it declares
# it. The files are UTF-8 without NUL. As raw strings, since compilers read those fastest. With
# -DSTRIP=ON scripts (no *.min.js) are without indentation and the lines that are comments.
set(source "#include <string_view>\n\nnamespace ${NAMESPACE} {\n")
foreach(text IN LISTS TEXTS)
  string(FIND "${text}" "=" equals)
  string(SUBSTRING "${text}" 0 ${equals} name)
  math(EXPR begin "${equals} + 1")
  string(SUBSTRING "${text}" ${begin} -1 files)
  string(REPLACE "+" ";" files "${files}")
  set(content "")
  foreach(file IN LISTS files)
    file(READ "${file}" part)
    if(STRIP AND file MATCHES "\\.js$" AND NOT file MATCHES "\\.min\\.js$")
      string(REGEX REPLACE "(^|\n)( *//[^\n]*\n)+" "\\1" part "${part}")
      string(REGEX REPLACE "\n +" "\n" part "${part}")
    endif()
    string(APPEND content "${part}")
  endforeach()
  string(APPEND source "\nextern const std::string_view ${name};\n"
    "const std::string_view ${name} = R\"~embedded~(${content})~embedded~\";\n")
endforeach()
string(APPEND source "\n}  // namespace ${NAMESPACE}\n")
file(WRITE "${OUTPUT}" "${source}")
