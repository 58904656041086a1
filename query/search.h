// Searching: from what somebody typed, and where they live, to services with their links and offices.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "query/place_finder.h"
#include "query/relevance.h"
#include "query/suggest.h"
#include "query/topic_finder.h"
#include "store/index_reader.h"

namespace vsm {

/// What a caller got wrong, to be told to a person. `status` is the fitting HTTP status.
struct RequestError {
  int status = 400;
  std::string title, detail;
};

template <class T>
using Result = std::variant<T, RequestError>;

struct SearchRequest {
  std::string words;
  std::string ars;               ///< 2 to 12 digits or the id of a set; wins over place
  std::string place;             ///< name or postcode
  std::int64_t page = 1;         ///< from 1
  std::int64_t size = 10;        ///< 1 to 100
  std::string cursor;            ///< of the answer before, in place of page
  std::string topic, situation;  ///< ids; empty: all
  std::uint8_t audience = 0;     ///< 0: all
  std::optional<Level> level;    ///< only results whose shown text is of this level
  bool online_only = false;
  std::optional<int>
      trust_level;           ///< only results with an online service of this level: 10, 15, 20, 30 or 40
  std::optional<Day> day;    ///< default: today
  bool english = false;      ///< names of topics in English
  bool literal = false;      ///< the words as typed: none is mended, none is read as a place
  bool only_here = false;    ///< only services whose shown text is published for exactly this place
  bool explain = false;      ///< fill in SearchResult::evidence
  std::string without_rule;  ///< leaves one rule of the word lists out: "synonyms/bildung.txt:12"
};

/// An online service or office with the key and the area for which it was found. Pointers live as long as the
/// reader in the answer.
struct OnlineOffer {
  const OnlineService* service = nullptr;
  ServiceKey key;
  AreaIndex area = 0;
  std::string url;  ///< its link, with place and key filled in where it asks for them
};
struct OfficeOffer {
  const Office* office = nullptr;
  ServiceKey key;
  AreaIndex area = 0;
};

struct Variant {
  std::string id;
  ServiceKey key;
  std::string title;
};

struct OnlineCount {
  std::uint32_t online = 0;          ///< municipalities where the service is online, own or inherited
  std::uint32_t municipalities = 0;  ///< of so many that a source of their own delivers for
};

struct SearchResult {
  ServiceText text;  ///< the lead text: nearest level of the key that fits the query best
  ServiceKey key;
  AreaIndex area = 0;
  std::vector<std::size_t> topics;  ///< into Catalogue::topics()
  std::vector<OnlineOffer> online;  ///< per key nearest level first; the lead key before the others
  std::vector<OfficeOffer> offices;
  OnlineCount availability;
  std::vector<Variant> variants;  ///< at most 5
  std::size_t variants_total = 0;
  std::vector<AreaIndex> only_in;  ///< without a place: municipalities that alone offer it, at most 5
  std::size_t only_in_total = 0;
  double score = 0;
  std::vector<Evidence> evidence;  ///< why, where asked for
};

struct FacetValue {
  std::string id, name;
  std::size_t count = 0;
};

struct Facets {
  std::vector<FacetValue> topics, situations, levels, audience, online, trust;
};

struct SearchAnswer {
  std::string words;
  std::optional<AreaIndex> place;
  std::string place_label;                ///< a name that finds this place again
  std::vector<AreaIndex> places;          ///< other readings of the place
  std::vector<std::string> place_labels;  ///< theirs
  bool english = false;                   ///< names of topics in English
  std::string words_without_place;        ///< the words, the place taken out where they named it
  bool place_from_words = false;          ///< the place was named in the words
  std::string corrected;           ///< the words as searched, where a misspelt one was mended; else empty
  std::vector<NamedTopic> topics;  ///< whose names the words are
  std::size_t total = 0;           ///< distinct services found, at most 1,000 are counted
  std::int64_t page = 1, size = 10;
  std::string next_cursor;  ///< empty behind the last result
  std::vector<SearchResult> results;
  Facets facets;
  IndexReader reader;
};

struct FilledModule {
  TextModule module;
  AreaIndex area = 0;  ///< where the text comes from: a missing module is filled from the next level up
  std::string source;
};

/// One service at one place, whole.
struct ServiceAnswer {
  SearchResult result;
  std::vector<FilledModule> modules;
  std::vector<ServiceText> same_level;  ///< further texts of the same key and level
  std::vector<std::string> languages;   ///< that the text itself speaks: "de", "en", "de-LS"
  std::string language = "de";          ///< that title, teaser and modules are in
  std::optional<AreaIndex> place;
  std::string place_label;
  std::vector<AreaIndex> places;
  IndexReader reader;
};

struct TopicCount {
  std::size_t services = 0;  ///< in the catalogue
  std::size_t online = 0;    ///< of these online at the place
};

struct TopicsAnswer {
  std::optional<AreaIndex> place;
  std::string place_label;                     ///< a name that finds this place again
  std::vector<AreaIndex> places;               ///< other readings of the place
  std::vector<std::string> place_labels;       ///< theirs
  std::vector<TopicCount> topics, situations;  ///< in the order of the catalogue
  IndexReader reader;
};

struct PlacesAnswer {
  std::vector<AreaIndex> places;
  std::vector<std::string> labels;  ///< a name for each that finds it again
  IndexReader reader;
};

struct CoverageAnswer;
struct CoverageRequest;
struct DashboardAnswer;
struct OfficeAnswer;
struct OfficesAnswer;
struct OffersRequest;
struct OnlineServiceAnswer;
struct OnlineServicesAnswer;

struct SearchSettings {
  std::string home_land = "05";  ///< ARS of the Land whose places and texts come first
  std::optional<TableTexts>
      word_lists;  ///< instead of those in the index: an editor's, "synonyms/bildung.txt" ...
};

/// Thread-safe. All calls throw IndexError when the index cannot be read.
class SearchEngine {
 public:
  /// Opens the index. Throws IndexError.
  explicit SearchEngine(std::string index_directory, SearchSettings settings = {});

  Result<SearchAnswer> search(const SearchRequest& request);
  /// `id` is a service key of 14 digits or the id of a text. `language`: of its text, where it speaks that;
  /// else it speaks German.
  Result<ServiceAnswer> service(std::string_view id, std::string_view ars, std::string_view place,
                                std::optional<Day> day = {}, std::string_view language = "de");
  Result<TopicsAnswer> topics(std::string_view ars, std::string_view place);
  PlacesAnswer places(std::string_view text, std::size_t limit);
  /// query/offers.h
  Result<OfficeAnswer> office(std::string_view id);
  Result<OfficesAnswer> offices(const OffersRequest& request);
  Result<OnlineServiceAnswer> online_service(std::string_view id);
  Result<OnlineServicesAnswer> online_services(const OffersRequest& request);
  /// query/coverage.h
  Result<CoverageAnswer> coverage(const CoverageRequest& request);
  /// query/dashboard.h
  Result<DashboardAnswer> dashboard(const CoverageRequest& request);
  /// What answers depend on besides the request and the day: the build and revision that readers get, and the
  /// place that speaks where nobody named one.
  std::string state();
  /// What somebody may go on to type; nothing where nothing was typed.
  Result<SuggestAnswer> suggest(const SuggestRequest& request);
  /// A reader of the newest revision, for its snapshot.
  IndexReader reader() { return index_.reader(); }
  /// Whether bytes are UTF-8. What is not, no question may hold.
  static bool is_text(std::string_view bytes);
  /// For what is no question: whether the index is sound and new, see Index.
  Index& index() { return index_; }

 private:
  Result<SearchAnswer> search_once(const SearchRequest& request);
  Result<ServiceAnswer> service_once(std::string_view id, std::string_view ars, std::string_view place,
                                     std::optional<Day> day, std::string_view language);
  Result<TopicsAnswer> topics_once(std::string_view ars, std::string_view place);
  Result<SuggestAnswer> suggest_once(const SuggestRequest& request);

  Index index_;
};

}  // namespace vsm
