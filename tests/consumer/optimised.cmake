# Configures the consumer without a build type, which compiles its own code without optimisation: the library's is
# optimised nevertheless, and the consumer's is left alone. Flags are looked at, nothing is built.
#   cmake -DSOURCE=... -DBUILD=... -DCXX=... -P optimised.cmake      SOURCE: of the library
file(REMOVE_RECURSE ${BUILD})
execute_process(COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${BUILD} -DHOURGLASS_SOURCE=${SOURCE}
                        -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_CXX_FLAGS= -DCMAKE_BUILD_TYPE=
                        -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
                COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
file(READ ${BUILD}/compile_commands.json commands)
string(JSON count LENGTH "${commands}")
math(EXPR last "${count} - 1")
set(of_library 0)
foreach(i RANGE ${last})
  string(JSON command GET "${commands}" ${i} command)
  string(JSON file GET "${commands}" ${i} file)
  string(REGEX MATCHALL " -O[^ ]*" levels "${command}")
  list(POP_BACK levels level)  # the last one counts
  cmake_path(IS_PREFIX CMAKE_CURRENT_LIST_DIR "${file}" own)
  if(own AND level)
    message(SEND_ERROR "${file} is compiled with${level}: nobody has asked for it")
  elseif(NOT own AND NOT level STREQUAL " -O3")
    message(SEND_ERROR "${file} is compiled without -O3:\n${command}")
  endif()
  if(NOT own)
    math(EXPR of_library "${of_library} + 1")
  endif()
endforeach()
if(of_library LESS 10)
  message(SEND_ERROR "only ${of_library} files of the library are compiled")
endif()
