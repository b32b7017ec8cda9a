#include "tests/bench/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace bench {

namespace {

std::vector<Row> rows;

std::string number(double value, const std::string& unit) {
    if (unit.empty()) return fmt::format("{:.3f}", value);
    return fmt::format("{:.{}f}", value, value < 10 ? 2 : 1);
}

std::string verdict(const Row& row) {
    switch (row.reach) {
        case Reach::nothing:
            return "";
        case Reach::at_most:
            return row.spread.median <= row.target ? "reached" : "MISSED";
        case Reach::at_least:
            return row.spread.median >= row.target ? "reached" : "MISSED";
    }
    return "";
}

std::string reach_text(const Row& row) {
    if (row.reach == Reach::nothing) return "";
    return fmt::format("{} {:g}{}{}", row.reach == Reach::at_most ? "≤" : "≥", row.target, row.unit.empty() ? "" : " ", row.unit);
}

/** Keeps quiet about single runs; what could not be measured becomes a row. */
class TableReporter : public benchmark::BenchmarkReporter {
   public:
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            if (!run.error_occurred) continue;
            failed_ = true;
            rows.push_back(
                Row{.what = run.run_name.function_name, .spread = {}, .unit = "-", .note = "not measured: " + run.error_message});
        }
    }
    bool failed() const { return failed_; }

   private:
    bool failed_ = false;
};

void print_table() {
    fmt::print("{:<62} {:>10}  {:<20} {:<10} {:<8} {}\n", "what", "median", "quartiles", "reach", "", "");
    for (const Row& row : rows) {
        const bool measured = row.unit != "-";
        const std::string median = measured ? number(row.spread.median, row.unit) + (row.unit.empty() ? "" : " " + row.unit) : "";
        const std::string quartiles =
            measured ? number(row.spread.lower, row.unit) + " – " + number(row.spread.upper, row.unit) : std::string();
        const std::string what = (row.reach == Reach::nothing && measured ? "  " : "") + row.what;
        fmt::print("{:<62} {:>10}  {:<20} {:<10} {:<8} {}\n", what, median, quartiles, reach_text(row), verdict(row), row.note);
    }
}

}  // namespace

Spread spread_of(std::vector<double> sample) {
    if (sample.empty()) return {};
    std::sort(sample.begin(), sample.end());
    const auto at = [&](double share) {  // between two values, where it falls between two
        const double position = share * static_cast<double>(sample.size() - 1);
        const auto below = static_cast<std::size_t>(position);
        const std::size_t above = std::min(below + 1, sample.size() - 1);
        return sample[below] + (position - static_cast<double>(below)) * (sample[above] - sample[below]);
    };
    return {at(0.5), at(0.25), at(0.75)};
}

std::vector<double> ratios(const std::vector<double>& left, const std::vector<double>& right) {
    std::vector<double> result;
    for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) result.push_back(left[i] / right[i]);
    return result;
}

void tell(benchmark::State& state, const std::string& name, const Row& row) {
    rows.push_back(row);
    state.counters[name] = row.spread.median;
    state.counters[name + "_lower_quartile"] = row.spread.lower;
    state.counters[name + "_upper_quartile"] = row.spread.upper;
}

int run_and_print(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    TableReporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
    print_table();
    return reporter.failed() ? 1 : 0;
}

}  // namespace bench
