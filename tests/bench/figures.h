// The table that the benchmarks print: a row for each figure, with what is to be reached.
//
// A benchmark measures the two sides of its ratio one after the other in every iteration, so that both meet the same weather; a ratio is
// taken in each iteration, and the row shows the median of these ratios with their quartiles.
#pragma once

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace bench {

/** Median and quartiles of a sample; all 0 if it is empty. */
struct Spread {
    double median = 0, lower = 0, upper = 0;
};
Spread spread_of(std::vector<double> sample);

/** left[i] ÷ right[i]. */
std::vector<double> ratios(const std::vector<double>& left, const std::vector<double>& right);

enum class Reach { nothing, at_most, at_least };  // nothing: printed beside a figure, to compare

struct Row {
    std::string what{};
    Spread spread{};
    std::string unit{};  // "ns", "µs", "%"; empty for a ratio
    Reach reach = Reach::nothing;
    double target = 0;
    std::string note{};
};

/** Adds a row to the table, and its numbers to Google Benchmark's own output (--benchmark_out=FILE) as counters that begin with `name`. */
void tell(benchmark::State& state, const std::string& name, const Row& row);

/** Runs what is registered and prints the table. The exit status: 0, or 1 if something could not be measured. */
int run_and_print(int argc, char** argv);

}  // namespace bench
