# Read by ctest: with VSM_LONG_TESTS in the environment tests do more, and may take longer.
if(DEFINED ENV{VSM_LONG_TESTS})
  foreach(test IN LISTS fault_tests service_tests)
    set_tests_properties(${test} PROPERTIES TIMEOUT 7200)
  endforeach()
endif()
