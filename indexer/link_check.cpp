#include "indexer/link_check.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

namespace vsm {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::int64_t hour = 3'600;
constexpr std::int64_t between_failures = 12 * hour;
constexpr std::int64_t between_good = hour * 24 * 7;
constexpr std::int64_t longest_wish = hour * 24 * 7;  ///< that a server's Retry-After is followed

/// 0 ... 1, the same on every machine (FNV-1a, its upper bits stirred).
double share_of(std::string_view url, std::int64_t moment) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto take = [&hash](std::uint64_t byte) { hash = (hash ^ byte) * 0x100000001b3U; };
  for (const char c : url) take(static_cast<unsigned char>(c));
  for (unsigned shift = 0; shift < 64; shift += 8)
    take((static_cast<std::uint64_t>(moment) >> shift) & 0xffU);
  hash ^= hash >> 32U;
  hash *= 0x9e3779b97f4a7c15U;
  return static_cast<double>(hash >> 11U) * 0x1p-53;
}

std::string_view without_fragment(std::string_view url) { return url.substr(0, url.find('#')); }

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}

std::string_view host_part(std::string_view url) {
  const std::size_t slashes = url.find("://");
  if (slashes == std::string_view::npos) return {};
  url.remove_prefix(slashes + 3);
  return url.substr(0, url.find_first_of("/?#"));
}

/// An internal address in numbers, or a name that means one everywhere.
bool names_internal_host(std::string_view url) {
  std::string host = host_of(url);
  if (host.starts_with("[") && host.ends_with("]")) host = host.substr(1, host.size() - 2);
  while (host.ends_with(".")) host.pop_back();
  const bool numbers =
      host.find_first_not_of("0123456789.") == std::string::npos || host.find(':') != std::string::npos;
  if (numbers) return is_internal_address(host);
  return host.find('.') == std::string::npos || host.ends_with(".localhost") || host.ends_with(".local") ||
         host.ends_with(".internal");
}

std::string cell(std::string_view text) {
  std::string clean(text);
  for (char& c : clean)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return clean;
}

bool fits_a_cell(std::string_view url) { return !url.empty() && cell(url) == url; }

template <class Number>
bool read_number(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0;
}

/// One address on its way through HEAD, GET and redirects; each of its requests waits for its host.
struct Job {
  std::string link;                 ///< where it began, without fragment
  std::vector<std::size_t> states;  ///< that have this link
  std::string url;                  ///< to be asked next
  bool head = true;
  int hops = 0;
  std::vector<std::string> cookies;
};

/// Hands out jobs to threads so that a host has one request at a time, and a pause behind it.
class Hosts {
 public:
  Hosts(std::chrono::milliseconds pause, std::stop_token stop)
      : pause_(pause), stop_(std::move(stop)), wake_(stop_, [this] {
          const std::lock_guard guard(mutex_);
          changed_.notify_all();
        }) {}

  void add(Job job) {
    const std::lock_guard guard(mutex_);
    ++unfinished_;
    enqueue(std::move(job), false);
  }

  /// Waits for a host that is free; nothing when all jobs are finished or stop was asked for.
  std::optional<Job> take() {
    std::unique_lock lock(mutex_);
    while (unfinished_ > 0 && !stop_.stop_requested()) {
      if (ready_.empty()) {
        changed_.wait(lock);
        continue;
      }
      const auto [moment, name] = *ready_.begin();
      if (SteadyClock::now() < moment) {
        changed_.wait_until(lock, moment);
        continue;
      }
      ready_.erase(ready_.begin());
      Host& host = hosts_[name];
      host.busy = true;
      Job job = std::move(host.jobs.front());
      host.jobs.pop_front();
      return job;
    }
    return std::nullopt;
  }

  /// The request of a job that was taken is over; `next` is what the job asks for now, nothing when it is
  /// finished.
  void release(const std::string& asked, std::optional<Job> next) {
    const std::lock_guard guard(mutex_);
    const std::string name = host_of(asked);
    Host& host = hosts_[name];
    host.busy = false;
    if (!name.empty()) host.free_from = SteadyClock::now() + pause_;
    if (next)
      enqueue(std::move(*next), true);
    else
      --unfinished_;
    make_ready(name, host);
    changed_.notify_all();
  }

 private:
  struct Host {
    std::deque<Job> jobs;
    bool busy = false;
    SteadyClock::time_point free_from{};
  };

  std::chrono::milliseconds pause_;
  std::stop_token stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Host> hosts_;
  std::set<std::pair<SteadyClock::time_point, std::string>> ready_;  ///< hosts with jobs and none under way
  std::size_t unfinished_ = 0;
  std::stop_callback<std::function<void()>> wake_;

  void enqueue(Job job, bool begun) {
    const std::string name = host_of(job.url);
    Host& host = hosts_[name];
    if (begun)
      host.jobs.push_front(std::move(job));
    else
      host.jobs.push_back(std::move(job));
    make_ready(name, host);
  }

  void make_ready(const std::string& name, const Host& host) {
    if (!host.busy && !host.jobs.empty()) ready_.insert({host.free_from, name});
  }
};

}  // namespace

LinkVerdict verdict_on(std::string_view url, const LinkAnswer& answer) {
  switch (answer.failure) {
    case HttpFailure::none:
      break;
    case HttpFailure::internal:
      return names_internal_host(url) ? LinkVerdict::bad : LinkVerdict::none;
    case HttpFailure::address:
    case HttpFailure::name:
      // Names with umlauts are not turned into their form for the DNS here.
      return is_ascii(host_part(url)) ? LinkVerdict::bad : LinkVerdict::none;
    case HttpFailure::stopped:
    case HttpFailure::file:
    case HttpFailure::login:
      return LinkVerdict::none;
    case HttpFailure::too_large:
      return LinkVerdict::good;
    default:
      return LinkVerdict::bad;
  }
  const int status = answer.status;
  if ((status >= 200 && status < 400) || status == 401 || status == 403) return LinkVerdict::good;
  if (status == 404 || status == 410 || (status >= 500 && status != 503)) return LinkVerdict::bad;
  return LinkVerdict::none;
}

LinkState after_check(LinkState before, const LinkAnswer& answer, std::int64_t now) {
  LinkState state = std::move(before);
  const double share = share_of(state.url, now);
  const auto later = [&](std::int64_t seconds) {
    return now + seconds + static_cast<std::int64_t>(static_cast<double>(seconds) * 0.1 * share);
  };
  state.status = answer.status;
  state.checked = now;
  state.redirected_to = answer.redirected_to;
  switch (verdict_on(state.url, answer)) {
    case LinkVerdict::good:
      state.error.clear();
      state.last_good = now;
      state.failed = 0;
      state.failures = 0;
      state.due = later(between_good);
      break;
    case LinkVerdict::bad:
      state.error = answer.error;
      if (state.failures == 0 || now - state.failed >= between_failures) {
        state.failures = std::min(state.failures + 1, 1'000'000);
        state.failed = now;
      }
      state.due = later(between_failures);
      break;
    case LinkVerdict::none:
      state.error = answer.error;
      state.due = later(between_failures);
      break;
  }
  state.due = std::max(state.due, now + std::min(answer.retry_after, longest_wish));
  return state;
}

LinkChecker::LinkChecker(LinkCheckOptions options) : options_(std::move(options)) {
  options_.http.stop = options_.stop;
}

namespace {

/// Does one request of a job; the answer when the job is finished by it.
std::optional<LinkAnswer> step(Job& job, HttpClient& client, const HttpOptions& options) {
  HttpRequest request;
  request.url = job.url;
  request.head = job.head;
  request.follow = false;
  request.ignore_content = true;
  request.cookies = &job.cookies;
  HttpResult result = client.fetch(request);
  LinkAnswer answer{result.status, result.failure, std::move(result.error), {}, result.retry_after};
  if (job.url != job.link) answer.redirected_to = job.url;

  if (result.failure == HttpFailure::none && !result.location.empty()) {
    if (job.hops == options.max_redirects) {
      answer.failure = HttpFailure::redirects;
      answer.error = "Der Server leitet zu oft weiter.";
      return answer;
    }
    if (!url_parts(result.location)) {
      answer.failure = HttpFailure::redirects;
      answer.error = "Der Server leitet auf eine Adresse weiter, die keine Web-Adresse ist.";
      return answer;
    }
    ++job.hops;
    job.url = result.location;
    return std::nullopt;
  }
  // Servers that know no HEAD answer it in many ways; only a GET can be held against the link.
  const bool other_method_may_help = result.failure == HttpFailure::timeout ||
                                     result.failure == HttpFailure::cut_off ||
                                     (result.failure == HttpFailure::none && result.status >= 400 &&
                                      result.status != 401 && result.status != 429 && result.status != 503);
  if (job.head && other_method_may_help) {
    job.head = false;
    return std::nullopt;
  }
  return answer;
}

}  // namespace

void LinkChecker::run(std::vector<LinkState> due, std::int64_t now,
                      const std::function<void(LinkState)>& on_result) const {
  const auto start = SteadyClock::now();
  Hosts hosts(options_.pause, options_.stop);
  std::map<std::string_view, Job> jobs;
  for (std::size_t i = 0; i < due.size(); ++i) jobs[without_fragment(due[i].url)].states.push_back(i);
  for (auto& [link, job] : jobs) {
    job.link = job.url = link;
    hosts.add(std::move(job));
  }

  std::mutex telling;
  const auto work = [&] {
    HttpClient client(options_.http);
    while (auto job = hosts.take()) {
      const std::string asked = job->url;
      const auto answer = step(*job, client, options_.http);
      if (!answer) {
        hosts.release(asked, std::move(job));
        continue;
      }
      if (answer->failure != HttpFailure::stopped) {
        const std::lock_guard guard(telling);
        const auto passed =
            std::chrono::duration_cast<std::chrono::seconds>(SteadyClock::now() - start).count();
        for (const std::size_t i : job->states) on_result(after_check(due[i], *answer, now + passed));
      }
      hosts.release(asked, std::nullopt);
    }
  };
  const std::size_t count = std::min(std::max<std::size_t>(1, options_.threads), jobs.size());
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < count; ++i) threads.emplace_back(work);
}

std::string write_link_states(std::span<const LinkState> states) {
  std::vector<const LinkState*> sorted;
  for (const LinkState& state : states)
    if (fits_a_cell(state.url)) sorted.push_back(&state);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const LinkState* a, const LinkState* b) { return a->url < b->url; });
  std::string text = "url\tstatus\tchecked\tlast_good\tfailed\tfailures\tdue\tredirected_to\terror\n";
  for (const LinkState* state : sorted) {
    text += state->url;
    for (const std::int64_t number : {std::int64_t{state->status}, state->checked, state->last_good,
                                      state->failed, std::int64_t{state->failures}, state->due})
      text += '\t' + std::to_string(number);
    text += '\t' + cell(state->redirected_to) + '\t' + cell(state->error) + '\n';
  }
  return text;
}

std::vector<LinkState> read_link_states(std::string_view text) {
  std::map<std::string, LinkState> states;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::array<std::string_view, 9> cells;
    std::size_t count = 0;
    for (;;) {
      const std::size_t tab = line.find('\t');
      if (count < cells.size()) cells[count] = line.substr(0, tab);
      ++count;
      if (tab == std::string_view::npos) break;
      line.remove_prefix(tab + 1);
    }
    LinkState state;
    if (count != cells.size() || !fits_a_cell(cells[0]) || !read_number(cells[1], state.status) ||
        !read_number(cells[2], state.checked) || !read_number(cells[3], state.last_good) ||
        !read_number(cells[4], state.failed) || !read_number(cells[5], state.failures) ||
        !read_number(cells[6], state.due))
      continue;
    state.url = cells[0];
    state.redirected_to = cell(cells[7]);
    state.error = cell(cells[8]);
    states.insert_or_assign(state.url, std::move(state));
  }
  std::vector<LinkState> list;
  list.reserve(states.size());
  for (auto& [url, state] : states) list.push_back(std::move(state));
  return list;
}

}  // namespace vsm
