#include "autograd/kernels/parallel.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace kernels = autograd::kernels;

namespace {

using kernels::parallel_for;
using kernels::set_threads;

class Parallel : public ::testing::Test {
  protected:
    void TearDown() override { set_threads(threads_before_); }
    const int threads_before_ = kernels::threads();
};

// How often each index was visited; -1000 is added where a range does not begin on a grain.
std::vector<int> visits(std::int64_t n, std::int64_t grain) {
    std::vector<int> count(n, 0);
    parallel_for(n, grain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) ++count[i];
        if (begin % grain != 0) count[begin] -= 1000;
    });
    return count;
}

TEST_F(Parallel, VisitsEachIndexOnceInRangesThatBeginOnAGrain) {
    for (const int n_threads : {1, 2, 3, 8}) {
        set_threads(n_threads);
        EXPECT_EQ(kernels::threads(), n_threads);
        for (const std::int64_t n : {0, 1, 2, 3, 7, 64, 65, 97, 1000, 4099})
            for (const std::int64_t grain : {1, 2, 7, 64, 1000})
                EXPECT_EQ(visits(n, grain), std::vector<int>(n, 1))
                    << n_threads << " threads, n = " << n << ", grain = " << grain;
    }
}

TEST_F(Parallel, ANegativeLengthIsEmpty) {
    parallel_for(-3, 1, [](std::int64_t, std::int64_t) { FAIL() << "called on an empty range"; });
}

TEST_F(Parallel, OneGrainOfWorkStaysOnTheCallersThread) {
    set_threads(2);
    std::vector<std::thread::id> ids;
    parallel_for(100, 100, [&](std::int64_t begin, std::int64_t end) {
        EXPECT_EQ(begin, 0);
        EXPECT_EQ(end, 100);
        ids.push_back(std::this_thread::get_id());
    });
    EXPECT_EQ(ids, std::vector{std::this_thread::get_id()});
}

TEST_F(Parallel, WorkersTakePart) {
    set_threads(2);
    const auto caller = std::this_thread::get_id();
    std::atomic<bool> worker_came{false};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!worker_came && std::chrono::steady_clock::now() < deadline)
        parallel_for(1000, 1, [&](std::int64_t, std::int64_t) {
            if (std::this_thread::get_id() != caller) worker_came = true;
        });
    EXPECT_TRUE(worker_came);
}

TEST_F(Parallel, ANestedLoopRunsInline) {
    set_threads(3);
    std::vector<int> count(30 * 40, 0);
    parallel_for(30, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const auto outer = std::this_thread::get_id();
            parallel_for(40, 1, [&](std::int64_t inner_begin, std::int64_t inner_end) {
                EXPECT_EQ(std::this_thread::get_id(), outer);
                EXPECT_EQ(inner_end - inner_begin, 40);
                for (std::int64_t j = inner_begin; j < inner_end; ++j) ++count[i * 40 + j];
            });
        }
    });
    EXPECT_EQ(count, std::vector<int>(30 * 40, 1));
}

TEST_F(Parallel, ManyShortLoopsOneAfterTheOther) {
    set_threads(3);
    std::vector<std::int64_t> x(97, 0);
    for (int loop = 0; loop < 20000; ++loop)
        parallel_for(97, 4, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) x[i] += i;
        });
    for (std::int64_t i = 0; i < 97; ++i) EXPECT_EQ(x[i], 20000 * i);
}

TEST_F(Parallel, WorkersThatFellAsleepWakeUp) {
    set_threads(2);
    for (int loop = 0; loop < 50; ++loop) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        EXPECT_EQ(visits(1000, 10), std::vector<int>(1000, 1));
    }
}

TEST_F(Parallel, TheNumberOfThreadsMayChangeBetweenLoops) {
    for (int loop = 0; loop < 60; ++loop) {
        set_threads(1 + loop % 5);
        EXPECT_EQ(visits(333, 5), std::vector<int>(333, 1));
    }
    set_threads(0);
    EXPECT_EQ(kernels::threads(), 1);
}

TEST_F(Parallel, SeveralThreadsOfTheProgramMayLoopAtOnce) {
    set_threads(2);
    std::vector<std::thread> callers;
    std::atomic<int> good{0};
    for (int i = 0; i < 3; ++i)
        callers.emplace_back([&good] {
            for (int loop = 0; loop < 300; ++loop)
                good += visits(500, 3) == std::vector<int>(500, 1);
        });
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(good, 3 * 300);
}

TEST_F(Parallel, TakesConstAndTemporaryFunctionsAlike) {
    set_threads(2);
    std::atomic<std::int64_t> sum{0};
    const auto add = [&sum](std::int64_t begin, std::int64_t end) { sum += end - begin; };
    parallel_for(100, 10, add);
    parallel_for(100, 10, [&sum](std::int64_t begin, std::int64_t end) { sum += end - begin; });
    EXPECT_EQ(sum, 200);
}

TEST_F(Parallel, WhatALoopThrowsReachesItsCaller) {
    set_threads(3);
    for (int loop = 0; loop < 200; ++loop) {
        const auto fail = [bad = loop % 97](std::int64_t begin, std::int64_t end) {
            if (begin <= bad && bad < end) throw std::runtime_error("of this loop");
        };
        EXPECT_THROW(parallel_for(97, 1, fail), std::runtime_error);
        EXPECT_EQ(visits(97, 1), std::vector<int>(97, 1));  // the next one is whole
    }
}

TEST_F(Parallel, SetThreadsInsideALoopIsRefused) {
    set_threads(2);
    try {
        parallel_for(1000, 1, [](std::int64_t, std::int64_t) { set_threads(3); });
        ADD_FAILURE() << "nothing thrown";
    } catch (const std::logic_error& error) {
        EXPECT_NE(std::string(error.what()).find("inside a parallel loop"), std::string::npos);
    }
    EXPECT_EQ(kernels::threads(), 2);
    set_threads(3);
    EXPECT_EQ(visits(333, 5), std::vector<int>(333, 1));
}

// No address space is left for a thread's stack, so that none can be made.
TEST_F(Parallel, OneThreadAtATimeHasAnExclusive) {
    int inside = 0, most = 0;  // not atomic: nobody else is there
    const auto enter_often = [&] {
        for (int i = 0; i < 200; ++i) {
            const kernels::Exclusive alone;
            most = std::max(most, ++inside);
            std::this_thread::yield();
            --inside;
        }
    };
    std::thread another(enter_often);
    enter_often();
    another.join();
    EXPECT_EQ(most, 1);
}

TEST(ParallelDeathTest, ComputesWithTheThreadsThereAre) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer needs the address space";
#endif
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto compute = [] {
        set_threads(64);
        rlimit before{}, little{};
        getrlimit(RLIMIT_AS, &before);
        little = before;
        little.rlim_cur = 1 << 20;
        setrlimit(RLIMIT_AS, &little);
        const bool whole = visits(100, 1) == std::vector<int>(100, 1);
        setrlimit(RLIMIT_AS, &before);
        std::cerr << (whole ? "all" : "not all") << " with " << kernels::threads();
        std::exit(visits(100, 1) == std::vector<int>(100, 1) ? 0 : 1);
    };
    EXPECT_EXIT(compute(), ::testing::ExitedWithCode(0), "all with 1$");
}

// Each number is read by a process of its own, since a process reads the variable once.
TEST(ParallelDeathTest, TheEnvironmentSetsTheNumberOfThreads) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const char* const before = std::getenv("HOURGLASS_THREADS");
    const std::string saved = before ? before : "";
    const std::vector<std::pair<const char*, int>> wishes = {{"3", 3}, {"1", 1}};
    for (const auto& [wish, n_threads] : wishes) {
        setenv("HOURGLASS_THREADS", wish, 1);
        EXPECT_EXIT(std::exit(kernels::threads()), ::testing::ExitedWithCode(n_threads), "")
            << wish;
    }
    for (const char* const wish : {"0", "-2", "many", "3x", ""}) {
        setenv("HOURGLASS_THREADS", wish, 1);
        EXPECT_EXIT(
            std::exit(kernels::threads() == int(std::thread::hardware_concurrency()) ? 77 : 1),
            ::testing::ExitedWithCode(77), "is no number of threads from 1")
            << wish;
    }
    before ? setenv("HOURGLASS_THREADS", saved.c_str(), 1) : unsetenv("HOURGLASS_THREADS");
}

}  // namespace
