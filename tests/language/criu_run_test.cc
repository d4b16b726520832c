#include "scenarios/engines/criu_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sockcr::scenario {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// As criu 3.17.1 writes it, shortened.
constexpr const char* log_of_a_refusal =
    "(00.951631) Will dump/restore TCP connections\n"
    "(00.591193) Error (criu/tun.c:85): tun: Unable to create tun: No such file or directory\n"
    "(01.002210) Warn  (criu/sk-inet.c:150): inet: something else\n"
    "(01.118402) Error (criu/sk-inet.c:188): inet: In-flight connection (l) for 2a3c\n"
    "(01.120114) Error (criu/cr-dump.c:1313): Dump files (pid: 23) failed with -1\n"
    "(01.489471) Error (criu/cr-dump.c:2053): Dumping FAILED.\n";

TEST(CriuRun, ErrorsComeWithoutTimeAndPlace) {
  EXPECT_THAT(criu_errors_in(log_of_a_refusal),
              ElementsAre("inet: In-flight connection (l) for 2a3c",
                          "Dump files (pid: 23) failed with -1"));
  EXPECT_THAT(criu_errors_in("Error (criu/vdso.c:381): vdso: Unexpected rt vDSO area bounds\n"),
              ElementsAre("vdso: Unexpected rt vDSO area bounds"));
  EXPECT_THAT(criu_errors_in("pie: 23: Error (criu/pie/restorer.c:77): Task 24 exited\n"),
              ElementsAre("Task 24 exited"));
}

TEST(CriuRun, WhatEveryRunSaysIsNoError) {
  EXPECT_THAT(criu_errors_in("(00.1) Error (criu/tun.c:85): tun: Unable to create tun: ENOENT\n"
                             "(00.2) Restore finished successfully. Tasks resumed.\n"),
              IsEmpty());
}

TEST(CriuRun, ARefusalIsWhatCriuDeclaresNotToDo) {
  EXPECT_EQ(refusal_in(criu_errors_in(log_of_a_refusal)),
            "inet: In-flight connection (l) for 2a3c");
  EXPECT_EQ(refusal_in({"inet: Unsupported proto 262 for socket 3a"}),
            "inet: Unsupported proto 262 for socket 3a");
}

TEST(CriuRun, AFailureIsNoRefusal) {
  EXPECT_EQ(refusal_in({}), std::nullopt);
  EXPECT_EQ(refusal_in({"tcp: Can't turn TCP repair mode ON: Operation not permitted"}),
            std::nullopt);
  EXPECT_EQ(refusal_in({"inet: Can't bind inet socket back: Invalid argument"}), std::nullopt);
}

}  // namespace
}  // namespace sockcr::scenario
