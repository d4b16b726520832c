#include "scenarios/runner/listing.h"

#include <gtest/gtest.h>

#include "tests/scenarios/toy_catalogue.h"

namespace sockcr::runner {
namespace {

TEST(Listing, OfCases) {
  const Catalogue catalogue = toy_catalogue();
  EXPECT_EQ(list_cases(catalogue, {{0, 1}, {1, 0}, {1, 2}}, Format::text),
            "# closing: \n"
            "closing.v6_ts\n"
            "# half_closed (also close_wait): the peer has closed its half\n"
            "half_closed.v4_ts\n"
            "half_closed.v6_nots  needs root\n");
  EXPECT_EQ(
      list_cases(catalogue, {{1, 2}}, Format::json),
      "{\"case\":\"half_closed.v6_nots\",\"scenario\":\"half_closed\",\"variant\":\"v6_nots\","
      "\"about\":\"the peer has closed its half\",\"needs\":\"root\"}\n");
}

TEST(Listing, OfEngines) {
  EXPECT_EQ(list_engines(toy_catalogue(), Format::text),
            "native         ours\n"
            "broken:window  wrong\n");
}

}  // namespace
}  // namespace sockcr::runner
