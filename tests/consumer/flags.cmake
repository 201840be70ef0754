# How the library is compiled for others. Flags are looked at, nothing is built.
#   cmake -DSOURCE=... -DBUILD=... -DCXX=... -P flags.cmake      SOURCE: of the library
file(REMOVE_RECURSE ${BUILD})

# A package runs on other machines, too.
execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD}/package -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_CXX_FLAGS=
                        -DHOURGLASS_LESSONS=OFF -DHOURGLASS_TESTS=OFF -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
                COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
file(READ ${BUILD}/package/compile_commands.json commands)
if(commands MATCHES "-m(arch|cpu|tune)=" OR NOT commands MATCHES "autograd/tensor.cpp")
  message(SEND_ERROR "the package is tuned to this machine:\n${commands}")
endif()

# A project without a build type compiles its own code without optimisation: the library's is optimised nevertheless,
# and the project's is left alone.
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
