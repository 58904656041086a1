#include "server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <mutex>
#include <shared_mutex>

namespace vsm {
namespace {

const prometheus::Histogram::BucketBoundaries buckets{0.0005, 0.001, 0.002, 0.005, 0.01,
                                                      0.02,   0.05,  0.1,   0.5,   2};

double resident_bytes() {
  std::ifstream in("/proc/self/statm");
  double pages = 0, resident = 0;
  in >> pages >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

struct Metrics::State {
  struct OfRoute {
    prometheus::Histogram* times = nullptr;
    std::map<int, prometheus::Counter*> by_status;
  };

  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("vsm_requests_total")
                                                          .Help("Requests that were answered.")
                                                          .Register(registry);
  prometheus::Family<prometheus::Histogram>& times =
      prometheus::BuildHistogram()
          .Name("vsm_request_seconds")
          .Help("From the complete head of a request to its answer in the socket's hands.")
          .Register(registry);
  prometheus::Counter& bytes = prometheus::BuildCounter()
                                   .Name("vsm_answer_bytes_total")
                                   .Help("Bytes of answers, heads included.")
                                   .Register(registry)
                                   .Add({});
  std::shared_mutex mutex;  // over routes
  std::map<std::string, OfRoute, std::less<>> routes;

  prometheus::Gauge& gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  }
  prometheus::Gauge& open = gauge("vsm_connections", "Connections that are open.");
  prometheus::Gauge& taken = gauge("vsm_connections_taken", "Connections taken since the start.");
  prometheus::Gauge& refused =
      gauge("vsm_connections_refused", "Connections closed at once, because there were too many.");
  prometheus::Gauge& timed_out =
      gauge("vsm_connections_timed_out", "Connections closed while a request or an answer was under way.");
  prometheus::Gauge& revision = gauge("vsm_index_revision", "Revision of the index that is served.");
  prometheus::Gauge& texts = gauge("vsm_index_texts", "Service texts in it.");
  prometheus::Gauge& built = gauge("vsm_index_time_seconds", "Time of its last commit, seconds since 1970.");
  prometheus::Gauge& trouble = gauge("vsm_index_trouble", "1 where a newer revision cannot be loaded.");
  prometheus::Gauge& resident = gauge("vsm_resident_bytes", "Memory of the process.");
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::count(const Answered& answered) {
  State& state = *state_;
  const std::string_view route = answered.route.empty() ? std::string_view("none") : answered.route;
  prometheus::Histogram* times = nullptr;
  prometheus::Counter* requests = nullptr;
  {
    const std::shared_lock hold(state.mutex);
    if (const auto known = state.routes.find(route); known != state.routes.end()) {
      times = known->second.times;
      if (const auto same = known->second.by_status.find(answered.status);
          same != known->second.by_status.end())
        requests = same->second;
    }
  }
  if (requests == nullptr) {
    const std::lock_guard hold(state.mutex);
    State::OfRoute& of = state.routes[std::string(route)];
    if (of.times == nullptr) of.times = &state.times.Add({{"route", std::string(route)}}, buckets);
    prometheus::Counter*& same = of.by_status[answered.status];
    if (same == nullptr)
      same =
          &state.requests.Add({{"route", std::string(route)}, {"status", std::to_string(answered.status)}});
    times = of.times;
    requests = same;
  }
  requests->Increment();
  times->Observe(std::chrono::duration<double>(answered.time).count());
  state.bytes.Increment(static_cast<double>(answered.bytes));
}

std::string Metrics::text(const Gauges& now) const {
  State& state = *state_;
  state.open.Set(static_cast<double>(now.connections.open));
  state.taken.Set(static_cast<double>(now.connections.taken));
  state.refused.Set(static_cast<double>(now.connections.refused));
  state.timed_out.Set(static_cast<double>(now.connections.timed_out));
  state.revision.Set(static_cast<double>(now.revision));
  state.texts.Set(now.texts);
  state.built.Set(now.built);
  state.trouble.Set(now.trouble ? 1 : 0);
  state.resident.Set(resident_bytes());
  return prometheus::TextSerializer().Serialize(state.registry.Collect());
}

}  // namespace vsm
