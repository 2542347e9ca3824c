# The test `consumer`: installs the build into a scratch prefix, moves that elsewhere, and builds
# and runs the project beside this file against it. Needs BUILD, SOURCE, SCRATCH, GENERATOR,
# COMPILER and FLAGS.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE failed OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(failed)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${out}")
  endif()
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/first)
file(RENAME ${SCRATCH}/first ${SCRATCH}/prefix)  # nothing may depend on where it was

# A header that includes one which is not installed would be found out below only if it is used.
file(GLOB_RECURSE headers ${SCRATCH}/prefix/include/faultline/*.hpp)
foreach(header ${headers})
  file(STRINGS ${header} includes REGEX "^#include \"")
  foreach(line ${includes})
    string(REGEX REPLACE "^#include \"(.*)\".*" "\\1" included ${line})
    if(NOT EXISTS ${SCRATCH}/prefix/include/faultline/${included})
      message(FATAL_ERROR "${header} includes ${included}, which is not installed: "
        "list it among the HEADERS of its folder's CMakeLists.txt")
    endif()
  endforeach()
endforeach()

run(${SCRATCH}/prefix/bin/faultline list)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${SCRATCH}/build -G ${GENERATOR}
  -DCMAKE_PREFIX_PATH=${SCRATCH}/prefix -DCMAKE_CXX_COMPILER=${COMPILER}
  -DCMAKE_CXX_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/consumer_test)

# The documentation shows the same text.
file(READ ${SOURCE}/checkers/README.md readme)
foreach(shown queue_test.cpp max_register.hpp)
  file(READ ${CMAKE_CURRENT_LIST_DIR}/${shown} code)
  string(FIND "${readme}" "${code}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "checkers/README.md must show tests/consumer/${shown} as it is")
  endif()
endforeach()
