#include "query/search.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "language/fold.h"
#include "query/understanding.h"

namespace vsm {
namespace {

constexpr std::size_t results_considered = 1'000;
constexpr std::size_t variants_listed = 5;

/// Services that people ask for most have texts of their own; among equals they lead.
constexpr double own_text_bonus = 0.06, current_bonus = 0.05, retired_malus = -0.25;
/// The general variant, and one that people ask for most, leads its group unless another fits the query
/// clearly better.
constexpr double general_variant_lead = 1.05, asked_variant_lead = 1.06;
/// A service that reaches less than this share of the best one's score is no answer to the same question.
constexpr double weakest_share = 0.3;
/// What a service counts that nobody publishes a text of: at a place, and where a text without key speaks of
/// it.
constexpr double unpublished_share = 0.4, spoken_for_share = 0.4;
/// Of several texts of one service the one that fits the query leads, among so many results.
constexpr std::size_t leads_chosen = 100;

struct Step {
  const Sheet* sheet;
  std::optional<AreaIndex> area;  ///< nothing for the texts found only elsewhere
  Level level;
};

/// The sheets that answer for a place, nearest first, and what they show on one day.
class View {
 public:
  /// Without a place `home` speaks.
  View(const IndexReader& reader, std::optional<AreaIndex> place, AreaIndex home, Day day)
      : catalogue_(reader.snapshot().catalogue), day_(day) {
    const AreaTable& areas = reader.snapshot().areas;
    for (AreaIndex area : areas.chain(place.value_or(home)))
      steps_.push_back({&reader.sheet(area), area, areas[area].level});
    if (!place) steps_.push_back({&reader.snapshot().unlisted, std::nullopt, Level::katalog});
  }

  const std::vector<Step>& steps() const { return steps_; }

  Bitmap docs() const {
    std::vector<const Bitmap*> parts;
    for (const Step& step : steps_) parts.push_back(&step.sheet->docs);
    return Bitmap::fastunion(parts.size(), parts.data());
  }

  /// Calls visit(entry) for every key under which a document is shown.
  template <class Visit>
  void each_key(DocId doc, Visit visit) const {
    for (const Step& step : steps_) {
      const auto entries = step.sheet->entries_of(doc);
      for (std::uint32_t at : entries) {
        const SheetText& entry = step.sheet->texts[at];
        if (entry.validity.holds(day_)) visit(entry);
      }
      if (!entries.empty()) return;
    }
  }

  struct Found {
    std::vector<DocId> docs;  ///< all texts of the nearest level that has one
    std::optional<AreaIndex> area;
    std::size_t step = 0;
  };
  /// The nearest texts for a key at or after a step. A text under the object's heading counts for each of its
  /// services that has none of its own there.
  Found nearest(ServiceKey key, std::size_t from = 0, bool with_heading = true) const {
    Found found;
    const ServiceKey heading = with_heading ? heading_of(key) : ServiceKey();
    for (std::size_t at = from; at < steps_.size(); ++at) {
      const Step& step = steps_[at];
      if (!found.docs.empty() && steps_[found.step].level != step.level) break;
      const std::size_t before = found.docs.size();
      collect(*step.sheet, key, found.docs);
      if (found.docs.size() == before && heading) collect(*step.sheet, heading, found.docs);
      if (before == 0 && !found.docs.empty()) {
        found.area = step.area;
        found.step = at;
      }
    }
    return found;
  }

  ServiceKey heading_of(ServiceKey key) const {
    const ServiceKey heading(key.object() * 1'000'000);
    return !key.is_local() && heading != key && catalogue_.is_heading(heading) ? heading : ServiceKey();
  }

  /// Keys of a group with a text in view, sorted.
  std::vector<ServiceKey> keys_of_group(std::uint64_t group) const {
    std::vector<ServiceKey> keys;
    for (const Step& step : steps_)
      for (const SheetText& entry : step.sheet->texts_in_group(group))
        if (entry.validity.holds(day_)) keys.push_back(entry.key);
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
  }

  Day day() const { return day_; }

 private:
  void collect(const Sheet& sheet, ServiceKey key, std::vector<DocId>& docs) const {
    for (const SheetText& entry : sheet.texts_for(key))
      if (entry.validity.holds(day_)) docs.push_back(entry.doc);
  }

  const Catalogue& catalogue_;
  Day day_;
  std::vector<Step> steps_;
};

/// What is derived once from a revision, shared by all requests.
struct RevisionLens {
  RevisionLens(const IndexReader& reader, const std::string& land,
               const std::optional<TableTexts>& word_lists)
      : snapshot(reader.shared_snapshot()),
        home_land(snapshot->areas.find(land)),
        home(home_of(*snapshot, home_land)),
        places(snapshot->areas, home_land),
        model(with_word_lists(snapshot->word_tables, word_lists)) {
    const AreaTable& areas = snapshot->areas;
    std::vector<const Sheet*> sheets{&snapshot->unlisted};
    for (AreaIndex area = 0; area < areas.size(); ++area)
      if (areas[area].level >= Level::land) sheets.push_back(&reader.sheet(area));
    std::vector<std::vector<std::uint32_t>> of_doc(snapshot->text_count + 1);
    for (const Sheet* sheet : sheets) {
      for (const SheetText& text : sheet->texts) {
        if (!text.validity.always()) {
          dated.add(text.doc);
        } else {
          each_service(text.key, [&](ServiceKey key) { of_doc[text.doc].push_back(units.of(key)); });
        }
      }
    }
    for (std::vector<std::uint32_t>& list : of_doc) {
      first.push_back(static_cast<std::uint32_t>(unit_list.size()));
      std::sort(list.begin(), list.end());
      list.erase(std::unique(list.begin(), list.end()), list.end());
      unit_list.insert(unit_list.end(), list.begin(), list.end());
    }
    first.push_back(static_cast<std::uint32_t>(unit_list.size()));
  }

  /// A text under a heading speaks for all services of its object.
  template <class Visit>
  void each_service(ServiceKey key, Visit visit) const {
    if (!snapshot->catalogue.is_heading(key)) return visit(key);
    for (const CatalogueEntry* entry : snapshot->catalogue.services_of_object(key.object()))
      visit(entry->key);
  }

  /// The one municipality that all feeds are of, else the home Land.
  static AreaIndex home_of(const Snapshot& snapshot, std::optional<AreaIndex> home_land) {
    if (snapshot.covered.cardinality() == 1) return snapshot.areas.municipality(snapshot.covered.minimum());
    return home_land.value_or(snapshot.areas.bund());
  }

  std::shared_ptr<const Snapshot> snapshot;
  std::optional<AreaIndex> home_land;
  AreaIndex home;  ///< speaks where nobody named a place
  PlaceFinder places;
  language::Model model;
  Units units;
  /// Units of the texts of Länder, Bund and catalogue, and of those found only elsewhere:
  /// unit_list[first[doc]] to unit_list[first[doc + 1]]. Texts with dates are left out and looked up when
  /// asked.
  std::vector<std::uint32_t> first, unit_list;
  Bitmap dated;
};

std::shared_ptr<const RevisionLens> lens_of(const IndexReader& reader) {
  return std::static_pointer_cast<const RevisionLens>(reader.derived());
}

/// One service (object and Verrichtung) that matched.
struct Candidate {
  std::uint64_t group = 0;
  double score = 0;
  std::vector<std::pair<ServiceKey, Fit>> keys;  ///< matched keys
  std::vector<Evidence> evidence;
  // Filled when resolved.
  ServiceKey lead;
  View::Found shown;
  std::vector<std::uint64_t> merged;  ///< further groups of the same text
};

/// Whose links and offices a result shows: its own, those of groups folded into it, and the heading's, for
/// what a town publishes under the heading holds for its services.
std::vector<std::uint64_t> groups_of(const Candidate& candidate, const View& view) {
  std::vector<std::uint64_t> groups{candidate.group};
  groups.insert(groups.end(), candidate.merged.begin(), candidate.merged.end());
  if (const ServiceKey heading = view.heading_of(candidate.lead)) groups.push_back(heading.group());
  return groups;
}

void score_key(Candidate& candidate, ServiceKey key, Fit fit) {
  const auto known = std::find_if(candidate.keys.begin(), candidate.keys.end(),
                                  [&](const auto& k) { return k.first == key; });
  if (known == candidate.keys.end())
    candidate.keys.emplace_back(key, fit);
  else if (fit.score > known->second.score)
    known->second = fit;
  if (fit.score > candidate.score) {
    candidate.score = fit.score;
  }
}

/// The first area that a text is valid in.
AreaIndex area_of(const ServiceText& text, const Snapshot& snapshot) {
  if (!text.areas.empty())
    if (const auto area = snapshot.areas.find_id(text.areas.front())) return *area;
  return snapshot.areas.bund();
}

/// What filters and facets look at.
struct Traits {
  std::uint32_t topics = 0;
  std::uint64_t situations = 0;
  std::uint8_t audience = 0;
  std::uint32_t levels = 0;
  std::uint32_t trust = 0;  ///< bit per trust level / 5
  bool online = false;
};

constexpr std::array<int, 5> trust_levels = {10, 15, 20, 30, 40};

class Search {
 public:
  Search(const IndexReader& reader, const RevisionLens& lens, const language::Analyzer& analyzer,
         const View& view, const SearchRequest& request, const Understood& understood, bool has_place)
      : reader_(reader),
        lens_(lens),
        analyzer_(analyzer),
        catalogue_(reader.snapshot().catalogue),
        view_(view),
        request_(request),
        understood_(understood),
        has_place_(has_place),
        at_town_(view.steps().front().level == Level::gemeinde) {}

  std::vector<Candidate> find() {
    if (understood_.key) {
      by_key(understood_.key);
    } else if (!understood_.words.empty()) {
      by_words();
    } else {
      by_topic();
    }
    return resolve();
  }

  Traits traits(const Candidate& candidate) const {
    Traits traits;
    const auto take_group = [&](std::uint64_t group) {
      for (const CatalogueEntry& entry : catalogue_.entries_of_group(group)) {
        traits.audience |= entry.audience;
        for (std::size_t situation : entry.situations) {
          traits.situations |= std::uint64_t{1} << situation;
          traits.topics |= 1U << catalogue_.situations()[situation].topic;
        }
      }
      for (const Step& step : view_.steps()) {
        for (const SheetJoin& join : step.sheet->online_in_group(group)) {
          const OnlineService& service = step.sheet->online_services[join.index];
          if (service.url.empty() || !service.validity.holds(view_.day())) continue;
          traits.online = true;
          traits.trust |= 1U << static_cast<unsigned>(std::clamp(service.trust_level, 0, 155) / 5);
        }
      }
      if (!has_place_)
        for (const auto& [key, availability] : reader_.snapshot().availability_in_group(group))
          traits.online |= availability.is_online(view_.day());
    };
    for (std::uint64_t group : groups_of(candidate, view_)) take_group(group);
    if (traits.audience == 0) traits.audience = audience_citizen | audience_business;
    Level level = view_.steps()[candidate.shown.step].level;
    if (!candidate.shown.area)
      level = reader_.snapshot()
                  .areas[area_of(reader_.text(candidate.shown.docs.front()), reader_.snapshot())]
                  .level;
    traits.levels = 1U << static_cast<unsigned>(level);
    return traits;
  }

 private:
  Candidate& candidate(std::uint64_t group) {
    const auto [entry, is_new] = position_.emplace(group, candidates_.size());
    if (is_new) {
      candidates_.emplace_back();
      candidates_.back().group = group;
    }
    return candidates_[entry->second];
  }

  void by_key(ServiceKey key) {
    if (catalogue_.is_heading(key)) {
      double score = 1'000;
      for (const CatalogueEntry* entry : catalogue_.services_of_object(key.object()))
        score_key(candidate(entry->key.group()), entry->key, {score -= 1, 0});
      return;
    }
    if (view_.nearest(key).docs.empty()) return;
    score_key(candidate(key.group()), key, {1'000, 0});
    double score = 500;
    for (const CatalogueEntry* entry : catalogue_.services_of_object(key.object()))
      if (entry->key.group() != key.group())
        score_key(candidate(entry->key.group()), entry->key, {score -= 1, 0});
  }

  void by_topic() {
    const auto topic = catalogue_.find_topic(request_.topic);
    const auto situation = catalogue_.find_situation(request_.situation);
    for (const CatalogueEntry& entry : catalogue_.entries()) {
      if (entry.heading) continue;
      for (std::size_t own : entry.situations) {
        if ((situation && own != *situation) || (topic && catalogue_.situations()[own].topic != *topic))
          continue;
        score_key(candidate(entry.key.group()), entry.key, {1 + prior(entry.key), 0});
      }
    }
  }

  void by_words() {
    Units local = local_units();
    const std::size_t general = lens_.units.keys.size();
    view_docs_ = view_.docs();
    const auto units_of_doc = [&](DocId doc, const std::function<void(std::uint32_t)>& visit) {
      const std::uint32_t begin = lens_.first[doc], end = lens_.first[doc + 1];
      for (std::uint32_t i = begin; i < end; ++i) visit(lens_.unit_list[i]);
      if (begin != end) return;
      view_.each_key(doc, [&](const SheetText& entry) {
        lens_.each_service(entry.key, [&](ServiceKey key) { visit(unit_of(key, local)); });
      });
    };
    relevance_.emplace(reader_, lens_.model, analyzer_, view_docs_, general + local.keys.size(),
                       units_of_doc);
    const std::vector<Fit> fits = relevance_->score(understood_, request_.without_rule);
    for (std::uint32_t unit = 0; unit < fits.size(); ++unit) {
      if (fits[unit].score <= 0) continue;
      const ServiceKey key = unit < general ? lens_.units.keys[unit] : local.keys[unit - general];
      Candidate& its = candidate(key.group());
      const double before = its.score;
      score_key(its, key, {fits[unit].score * (1 + prior(key)), fits[unit].own});
      if (request_.explain && its.score > before) its.evidence = relevance_->explain(unit);
    }
    prefer_published();
    drop_weak();
  }

  /// What somebody publishes comes before what only the catalogue knows: by much where a text without key
  /// speaks of the same, and somewhat at a place.
  void prefer_published() {
    const auto spoken_for = [&](ServiceKey key) {
      return std::any_of(view_.steps().begin(), view_.steps().end(), [&](const Step& step) {
        const auto& kin = step.sheet->kin;
        const auto same = std::lower_bound(kin.begin(), kin.end(), ServiceKey(key.object() * 1'000'000));
        return step.area && same != kin.end() && same->object() == key.object();
      });
    };
    for (Candidate& c : candidates_) {
      const auto published = [&](const auto& key) {
        return view_.steps()[view_.nearest(key.first).step].level != Level::katalog;
      };
      if (std::any_of(c.keys.begin(), c.keys.end(), published)) continue;
      if (has_place_ || at_town_) c.score *= unpublished_share;
      if (std::any_of(c.keys.begin(), c.keys.end(), [&](const auto& key) { return spoken_for(key.first); }))
        c.score *= spoken_for_share;
    }
  }

  /// Keys of the place's own texts that no text of Land, Bund and catalogue has.
  Units local_units() const {
    Units local;
    for (const Step& step : view_.steps()) {
      if (step.level >= Level::land) break;
      for (const SheetText& text : step.sheet->texts)
        lens_.each_service(text.key, [&](ServiceKey key) {
          if (!lens_.units.number.contains(key)) local.of(key);
        });
    }
    for (const Step& step : view_.steps())
      for (const SheetText& text : step.sheet->texts)
        if (!text.validity.always() && !lens_.units.number.contains(text.key)) local.of(text.key);
    return local;
  }
  std::uint32_t unit_of(ServiceKey key, Units& local) const {
    const auto known = lens_.units.number.find(key);
    if (known != lens_.units.number.end()) return known->second;
    return static_cast<std::uint32_t>(lens_.units.keys.size()) + local.of(key);
  }

  double prior(ServiceKey key) const {
    const CatalogueEntry* entry = catalogue_.find(key);
    if (!entry) return 0;
    return (entry->teaser.empty() ? 0 : own_text_bonus) + (entry->status == "current"   ? current_bonus
                                                           : entry->status == "retired" ? retired_malus
                                                                                        : 0);
  }

  void drop_weak() {
    double best = 0;
    for (const Candidate& c : candidates_) best = std::max(best, c.score);
    std::erase_if(candidates_, [&](const Candidate& c) { return c.score < best * weakest_share; });
  }

  void lead_with_best_name(std::vector<DocId>& docs) const {
    std::vector<std::pair<double, DocId>> fits;
    for (DocId doc : docs) {
      const ServiceText text = reader_.text(doc);
      fits.emplace_back(
          std::max(relevance_->fit_of_name(text.title), relevance_->fit_of_name(text.official_title)), doc);
    }
    std::stable_sort(fits.begin(), fits.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::transform(fits.begin(), fits.end(), docs.begin(), [](const auto& fit) { return fit.second; });
  }

  /// Orders, chooses each result's lead and shown text, and folds results that would show the same text.
  std::vector<Candidate> resolve() {
    const auto fit = [this](const std::pair<ServiceKey, Fit>& key) {
      const double own = key.second.own + 0.01 * key.second.score;
      const CatalogueEntry* entry = catalogue_.find(key.first);
      return own * (key.first.detail() == 0 ? general_variant_lead : 1) *
             (entry && !entry->teaser.empty() ? asked_variant_lead : 1);
    };
    for (Candidate& c : candidates_)
      std::sort(c.keys.begin(), c.keys.end(), [&](const auto& a, const auto& b) {
        return fit(a) != fit(b) ? fit(a) > fit(b) : a.first < b.first;
      });
    std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
      return a.score != b.score ? a.score > b.score : a.group < b.group;
    });
    if (candidates_.size() > results_considered) candidates_.resize(results_considered);
    std::vector<Candidate> resolved;
    std::unordered_map<DocId, std::size_t> shown;
    for (Candidate& c : candidates_) {
      c.lead = c.keys.front().first;
      c.shown = view_.nearest(c.lead);
      if (c.shown.docs.empty()) continue;
      if (relevance_ && c.shown.docs.size() > 1 && resolved.size() < leads_chosen)
        lead_with_best_name(c.shown.docs);
      auto [first, is_new] = shown.emplace(c.shown.docs.front(), resolved.size());
      if (!is_new) {
        // A text under the heading speaks for one service; the others show what is theirs alone.
        View::Found own = view_.nearest(c.lead, 0, false);
        if (!own.docs.empty() && own.docs.front() != c.shown.docs.front()) {
          c.shown = std::move(own);
          std::tie(first, is_new) = shown.emplace(c.shown.docs.front(), resolved.size());
        }
      }
      if (is_new)
        resolved.push_back(std::move(c));
      else
        resolved[first->second].merged.push_back(c.group);
    }
    return resolved;
  }

  const IndexReader& reader_;
  const RevisionLens& lens_;
  const language::Analyzer& analyzer_;
  const Catalogue& catalogue_;
  const View& view_;
  const SearchRequest& request_;
  const Understood& understood_;
  bool has_place_, at_town_;
  Bitmap view_docs_;
  std::optional<Relevance> relevance_;
  std::vector<Candidate> candidates_;
  std::unordered_map<std::uint64_t, std::size_t> position_;
};

/// Makes results whole: texts, links, offices, counts.
class Assembly {
 public:
  Assembly(const IndexReader& reader, const View& view, std::optional<AreaIndex> place,
           std::optional<AreaIndex> home_land)
      : reader_(reader), snapshot_(reader.snapshot()), view_(view), place_(place), home_land_(home_land) {}

  SearchResult result(const Candidate& candidate) const {
    SearchResult result;
    result.text = reader_.text(candidate.shown.docs.front());
    result.key = candidate.lead;
    result.score = candidate.score;
    result.evidence = candidate.evidence;
    if (candidate.shown.area) {
      result.area = *candidate.shown.area;
    } else {
      result.area = area_of(result.text, snapshot_);
      elsewhere(result);
    }

    std::vector<std::uint64_t> groups = groups_of(candidate, view_);
    for (ServiceKey key : result.text.keys)
      if (!snapshot_.catalogue.is_heading(key)) groups.push_back(key.group());
    std::vector<std::uint64_t> distinct;
    for (std::uint64_t group : groups)
      if (std::find(distinct.begin(), distinct.end(), group) == distinct.end()) distinct.push_back(group);

    add_topics(result, distinct);
    add_offers(result, distinct);
    add_variants(result, candidate);
    result.availability = online_count(distinct);
    return result;
  }

  /// In how many municipalities the service (any of its variants) is online: of the place's Land, or of the
  /// area itself where the place is larger than a municipality.
  OnlineCount online_count(const std::vector<std::uint64_t>& groups) const {
    const AreaTable& areas = snapshot_.areas;
    std::optional<AreaIndex> within = place_ ? place_ : home_land_;
    if (within && areas[*within].level == Level::gemeinde) within = areas.land_of(*within);
    Bitmap covered = snapshot_.covered;
    if (within) {
      Bitmap inside;
      const auto members = areas.municipalities_in(*within);
      inside.addMany(members.size(), members.data());
      covered &= inside;
    }
    OnlineCount count;
    count.municipalities = static_cast<std::uint32_t>(covered.cardinality());
    Bitmap online;
    for (std::uint64_t group : groups)
      for (const auto& [key, availability] : snapshot_.availability_in_group(group))
        online |= availability.online(view_.day());
    count.online = static_cast<std::uint32_t>(online.and_cardinality(covered));
    return count;
  }

 private:
  /// Without a place a service that only some towns offer is shown once, with them.
  void elsewhere(SearchResult& result) const {
    for (const SheetText& entry : snapshot_.unlisted.texts_for(result.key)) {
      if (!entry.validity.holds(view_.day())) continue;
      ++result.only_in_total;
      if (result.only_in.size() < variants_listed)
        result.only_in.push_back(area_of(reader_.text(entry.doc), snapshot_));
    }
  }

  void add_topics(SearchResult& result, const std::vector<std::uint64_t>& groups) const {
    for (std::uint64_t group : groups) {
      for (const CatalogueEntry& entry : snapshot_.catalogue.entries_of_group(group)) {
        for (std::size_t situation : entry.situations) {
          const std::size_t topic = snapshot_.catalogue.situations()[situation].topic;
          if (std::find(result.topics.begin(), result.topics.end(), topic) == result.topics.end())
            result.topics.push_back(topic);
        }
      }
    }
  }

  /// The union over the keys: the lead key first, then by key; per key the nearest level first.
  void add_offers(SearchResult& result, const std::vector<std::uint64_t>& groups) const {
    const auto add = [&](std::uint64_t group) {
      const std::size_t first_online = result.online.size(), first_office = result.offices.size();
      for (const Step& step : view_.steps()) {
        if (!step.area) continue;
        for (const SheetJoin& join : step.sheet->online_in_group(group)) {
          const OnlineService& service = step.sheet->online_services[join.index];
          if (service.validity.holds(view_.day())) result.online.push_back({&service, join.key, *step.area});
        }
        for (const SheetJoin& join : step.sheet->offices_in_group(group)) {
          const Office& office = step.sheet->offices[join.index];
          if (office.validity.holds(view_.day())) result.offices.push_back({&office, join.key, *step.area});
        }
      }
      const auto by_key = [&](const auto& a, const auto& b) {
        return std::pair(a.key != result.key, a.key) < std::pair(b.key != result.key, b.key);
      };
      std::stable_sort(result.online.begin() + static_cast<std::ptrdiff_t>(first_online), result.online.end(),
                       by_key);
      std::stable_sort(result.offices.begin() + static_cast<std::ptrdiff_t>(first_office),
                       result.offices.end(), by_key);
    };
    for (std::uint64_t group : groups) add(group);
  }

  void add_variants(SearchResult& result, const Candidate& candidate) const {
    std::vector<std::pair<ServiceKey, Fit>> others(candidate.keys.begin() + 1, candidate.keys.end());
    for (ServiceKey key : view_.keys_of_group(candidate.group)) {
      const auto known = [&](const auto& k) { return k.first == key; };
      if (std::none_of(candidate.keys.begin(), candidate.keys.end(), known)) others.emplace_back(key, Fit{});
    }
    result.variants_total = others.size() + candidate.shown.docs.size() - 1;
    for (std::size_t i = 1; i < candidate.shown.docs.size() && result.variants.size() < variants_listed;
         ++i) {
      const ServiceText text = reader_.text(candidate.shown.docs[i]);
      result.variants.push_back({text.id.text(), result.key, text.title});
    }
    for (const auto& [key, fit] : others) {
      if (result.variants.size() == variants_listed) break;
      const auto found = view_.nearest(key);
      if (found.docs.empty()) continue;
      const ServiceText text = reader_.text(found.docs.front());
      result.variants.push_back({text.id.text(), key, text.title});
    }
  }

  const IndexReader& reader_;
  const Snapshot& snapshot_;
  const View& view_;
  std::optional<AreaIndex> place_, home_land_;
};

/// Which results pass, and how many there are of each kind. A facet counts what the other filters leave.
class Filter {
 public:
  Filter(const Catalogue& catalogue, const SearchRequest& request)
      : catalogue_(catalogue),
        request_(request),
        topic_(catalogue.find_topic(request.topic)),
        situation_(catalogue.find_situation(request.situation)) {}

  bool take(const Traits& traits) {
    const std::array<bool, 5> passes = {
        !topic_ || (traits.topics >> *topic_ & 1U) != 0,
        !situation_ || (traits.situations >> *situation_ & 1U) != 0,
        request_.audience == 0 || (traits.audience & request_.audience) != 0,
        !request_.online_only || traits.online,
        !request_.trust_level ||
            (traits.trust >> static_cast<unsigned>(*request_.trust_level / 5) & 1U) != 0};
    const auto others = [&](std::size_t own) {
      for (std::size_t i = 0; i < passes.size(); ++i)
        if (i != own && !passes[i]) return false;
      return true;
    };
    if (others(0)) count_bits(topics_, traits.topics);
    if (others(1)) count_bits(situations_, traits.situations);
    if (others(2)) count_bits(audience_, traits.audience);
    if (others(3)) ++online_[traits.online ? 1 : 0];
    if (others(4)) count_bits(trust_, traits.trust);
    const bool all = others(passes.size());
    if (all) count_bits(levels_, traits.levels);
    return all;
  }

  Facets facets() const {
    Facets facets;
    for (std::size_t i = 0; i < catalogue_.topics().size(); ++i)
      add(facets.topics, catalogue_.topics()[i].id,
          request_.english ? catalogue_.topics()[i].name_en : catalogue_.topics()[i].name, topics_[i]);
    for (std::size_t i = 0; i < catalogue_.situations().size(); ++i)
      add(facets.situations, catalogue_.situations()[i].id, catalogue_.situations()[i].name, situations_[i]);
    for (std::size_t i = 0; i < level_count; ++i) {
      const std::string name(level_name(static_cast<Level>(i)));
      add(facets.levels, name, name, levels_[i]);
    }
    add(facets.audience, "citizen", "Bürgerinnen und Bürger", audience_[0]);
    add(facets.audience, "business", "Unternehmen", audience_[1]);
    add(facets.online, "true", "online", online_[1]);
    add(facets.online, "false", "nicht online", online_[0]);
    for (int level : trust_levels)
      add(facets.trust, std::to_string(level), std::to_string(level),
          trust_[static_cast<std::size_t>(level / 5)]);
    return facets;
  }

 private:
  using Counts = std::array<std::size_t, 64>;
  static void count_bits(Counts& counts, std::uint64_t bits) {
    for (; bits != 0; bits &= bits - 1) ++counts[static_cast<std::size_t>(__builtin_ctzll(bits))];
  }
  static void add(std::vector<FacetValue>& values, std::string id, std::string name, std::size_t count) {
    if (count > 0) values.push_back({std::move(id), std::move(name), count});
  }

  const Catalogue& catalogue_;
  const SearchRequest& request_;
  std::optional<std::size_t> topic_, situation_;
  Counts topics_{}, situations_{}, levels_{}, audience_{}, trust_{};
  std::array<std::size_t, 2> online_{};
};

RequestError bad(std::string title, std::string detail, int status = 400) {
  return {status, std::move(title), std::move(detail)};
}

/// The place that a request names: an area key, a name or a postcode.
Result<PlaceFinder::Reading> read_place(const AreaTable& areas, const PlaceFinder& finder,
                                        std::string_view ars, std::string_view place) {
  PlaceFinder::Reading reading;
  if (!ars.empty()) {
    const bool digits = std::all_of(ars.begin(), ars.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits && (ars.size() < 2 || ars.size() > 12))
      return bad("Ungültiger Regionalschlüssel", "Ein Regionalschlüssel (ARS) hat 2 bis 12 Ziffern.");
    reading.chosen = areas.find(ars);
    if (!reading.chosen || areas[*reading.chosen].level == Level::katalog)
      return bad("Unbekannter Regionalschlüssel", "Zu diesem Regionalschlüssel (ARS) gibt es kein Gebiet.",
                 404);
    return reading;
  }
  if (place.empty()) return reading;
  reading = finder.read(place);
  if (!reading.chosen && reading.others.empty())
    return bad("Unbekannter Ort", "Zu diesem Namen oder dieser Postleitzahl ist kein Ort bekannt.", 404);
  return reading;
}

}  // namespace

TableTexts with_word_lists(const TableTexts& tables, const std::optional<TableTexts>& lists) {
  if (!lists) return tables;
  TableTexts changed = tables;
  std::erase_if(changed, [](const auto& table) { return table.first.starts_with("synonyms/"); });
  changed.insert(lists->begin(), lists->end());
  return changed;
}

SearchEngine::SearchEngine(std::string index_directory, SearchSettings settings)
    : index_(std::move(index_directory), [settings = std::move(settings)](const IndexReader& reader) {
        if (reader.snapshot().chain_version != language::chain_version)
          throw IndexError(
              "the index was made with another analysis of words; build it again: vsm-index build");
        return std::make_shared<const RevisionLens>(reader, settings.home_land, settings.word_lists);
      }) {}

bool SearchEngine::is_text(std::string_view bytes) { return language::is_utf8(bytes); }

Result<SearchAnswer> SearchEngine::search(const SearchRequest& request) {
  if (request.page < 1) return bad("Ungültige Seite", "Die Seite (page) beginnt bei 1.");
  if (request.size < 1 || request.size > 100)
    return bad("Ungültige Seitengröße", "Die Zahl der Treffer je Seite (size) liegt zwischen 1 und 100.");
  if (request.trust_level &&
      std::find(trust_levels.begin(), trust_levels.end(), *request.trust_level) == trust_levels.end())
    return bad("Ungültiges Vertrauensniveau", "Das Vertrauensniveau (trust) ist 10, 15, 20, 30 oder 40.");
  if (request.words.size() > 8'192)
    return bad("Zu lange Anfrage", "Eine Suchanfrage hat höchstens 8.192 Bytes.", 413);
  if (!is_text(request.words) || !is_text(request.place))
    return bad("Ungültige Zeichen", "Die Anfrage ist kein gültiges UTF-8.");
  IndexReader reader = index_.reader();
  const Snapshot& snapshot = reader.snapshot();
  if (!request.topic.empty() && !snapshot.catalogue.find_topic(request.topic))
    return bad("Unbekanntes Themenfeld", "Die Themenfelder nennt /api/v1/topics.");
  if (!request.situation.empty() && !snapshot.catalogue.find_situation(request.situation))
    return bad("Unbekannte Lage", "Die Lagen nennt /api/v1/topics.");
  if (language::fold_words(request.words).empty() && request.topic.empty() && request.situation.empty())
    return bad("Leere Anfrage", "Bitte geben Sie ein, was Sie suchen.");

  const auto lens = lens_of(reader);
  auto reading = read_place(snapshot.areas, lens->places, request.ars, request.place);
  if (auto* error = std::get_if<RequestError>(&reading)) return *error;
  auto& place = std::get<PlaceFinder::Reading>(reading);

  // Making one costs half a microsecond.
  const language::Analyzer analyzer(&lens->model.splitter());
  const bool names_place = !request.ars.empty() || !request.place.empty();
  Understood understood = understand(request.words, !names_place && !request.literal, reader, lens->model,
                                     lens->places, analyzer, !request.literal);
  if (!understood.place_words.empty()) place = std::move(understood.place);

  const View view(reader, place.chosen, lens->home, request.day.value_or(today()));
  Search search(reader, *lens, analyzer, view, request, understood, place.chosen.has_value());
  std::vector<Candidate> found = search.find();
  Filter filter(snapshot.catalogue, request);
  std::erase_if(found, [&](const Candidate& c) { return !filter.take(search.traits(c)); });

  std::vector<std::string> labels;
  for (AreaIndex other : place.others) labels.push_back(lens->places.label(other));
  SearchAnswer answer{request.words,
                      place.chosen,
                      place.chosen ? lens->places.label(*place.chosen) : std::string(),
                      std::move(place.others),
                      std::move(labels),
                      request.english,
                      understood.place_words.empty() ? request.words : understood.without_place,
                      !understood.place_words.empty(),
                      std::move(understood.corrected),
                      found.size(),
                      request.page,
                      request.size,
                      {},
                      filter.facets(),
                      std::move(reader)};
  const Assembly assembly(answer.reader, view, place.chosen, lens->home_land);
  const auto pages_before = static_cast<std::uint64_t>(request.page - 1);
  if (pages_before <= found.size() / static_cast<std::uint64_t>(request.size)) {
    const std::size_t first = pages_before * static_cast<std::uint64_t>(request.size);
    const std::size_t last = std::min(found.size(), first + static_cast<std::size_t>(request.size));
    for (std::size_t i = first; i < last; ++i) answer.results.push_back(assembly.result(found[i]));
  }
  return answer;
}

Result<ServiceAnswer> SearchEngine::service(std::string_view id, std::string_view ars,
                                            std::string_view place_text, std::optional<Day> day) {
  IndexReader reader = index_.reader();
  const Snapshot& snapshot = reader.snapshot();
  const auto lens = lens_of(reader);
  auto reading = read_place(snapshot.areas, lens->places, ars, place_text);
  if (auto* error = std::get_if<RequestError>(&reading)) return *error;
  auto place = std::get<PlaceFinder::Reading>(reading);

  std::optional<ServiceText> wanted;
  std::optional<DocId> wanted_doc;
  ServiceKey key = ServiceKey::parse(id).value_or(ServiceKey());
  if (!key) {
    wanted_doc = reader.find_text(id);
    if (!wanted_doc) return bad("Unbekannte Leistung", "Zu dieser Kennung gibt es keine Leistung.", 404);
    wanted = reader.text(*wanted_doc);
    key = wanted->keys.front();
    // A town's own text belongs to that town, whoever asks for it.
    if (!place.chosen && !wanted->areas.empty()) {
      const auto area = snapshot.areas.find_id(wanted->areas.front());
      if (area && snapshot.areas[*area].level < Level::land) place.chosen = area;
    }
  }
  const Day when = day.value_or(today());
  const View view(reader, place.chosen, lens->home, when);
  Candidate candidate;
  if (snapshot.catalogue.is_heading(key) && !wanted) {
    const auto services = snapshot.catalogue.services_of_object(key.object());
    key = services.front()->key;
  }
  candidate.group = key.group();
  candidate.keys = {{key, {}}};
  candidate.lead = key;
  candidate.shown = view.nearest(key);
  // A text of another town is not this place's service; what the place has for its key is.
  bool in_view = false;
  if (wanted) view.each_key(*wanted_doc, [&](const SheetText&) { in_view = true; });
  if (in_view) {
    auto& docs = candidate.shown.docs;
    const auto known = std::find(docs.begin(), docs.end(), *wanted_doc);
    if (known != docs.end()) {
      std::iter_swap(docs.begin(), known);
    } else {
      docs.assign(1, *wanted_doc);
      candidate.shown.area = snapshot.areas.find_id(wanted->areas.empty() ? "" : wanted->areas.front());
      const auto step = std::find_if(view.steps().begin(), view.steps().end(),
                                     [&](const Step& s) { return s.area == candidate.shown.area; });
      if (step != view.steps().end())
        candidate.shown.step = static_cast<std::size_t>(step - view.steps().begin());
    }
  }
  if (candidate.shown.docs.empty()) {
    if (!reader.texts_with_key(key, 1).empty())
      return bad("Keine Leistung an diesem Ort", "Diese Leistung wird hier nicht angeboten.", 404);
    return bad("Unbekannte Leistung", "Zu diesem Leistungsschlüssel gibt es keine Leistung.", 404);
  }

  const Assembly assembly(reader, view, place.chosen, lens->home_land);
  ServiceAnswer answer{assembly.result(candidate),
                       {},
                       {},
                       place.chosen,
                       place.chosen ? lens->places.label(*place.chosen) : std::string(),
                       std::move(place.others),
                       std::move(reader)};
  for (std::size_t i = 1; i < candidate.shown.docs.size(); ++i)
    answer.same_level.push_back(answer.reader.text(candidate.shown.docs[i]));
  const auto fill_from = [&](const ServiceText& text, AreaIndex area) {
    const auto fill = [&](const TextModule& module) {
      const auto same = [&](const FilledModule& known) { return known.module.code == module.code; };
      if (!module.text.empty() && std::none_of(answer.modules.begin(), answer.modules.end(), same))
        answer.modules.push_back({module, area, text.source});
    };
    fill({"24", text.teaser});
    for (const TextModule& module : text.modules) fill(module);
  };
  fill_from(answer.result.text, answer.result.area);
  for (std::size_t at = candidate.shown.step + 1; at < view.steps().size();) {
    const View::Found above = view.nearest(key, at);
    if (above.docs.empty()) break;
    if (above.area) fill_from(answer.reader.text(above.docs.front()), *above.area);
    at = above.step + 1;
  }
  return answer;
}

Result<TopicsAnswer> SearchEngine::topics(std::string_view ars, std::string_view place_text) {
  IndexReader reader = index_.reader();
  const auto lens = lens_of(reader);
  const Snapshot& snapshot = reader.snapshot();
  auto reading = read_place(snapshot.areas, lens->places, ars, place_text);
  if (auto* error = std::get_if<RequestError>(&reading)) return *error;
  const auto place = std::get<PlaceFinder::Reading>(reading).chosen;
  const Catalogue& catalogue = snapshot.catalogue;
  TopicsAnswer answer{place, std::vector<TopicCount>(catalogue.topics().size()),
                      std::vector<TopicCount>(catalogue.situations().size()), std::move(reader)};
  const View view(answer.reader, place, lens->home, today());
  std::unordered_set<ServiceKey> online;
  for (const Step& step : view.steps()) {
    for (const SheetJoin& join : step.sheet->online_joins) {
      const OnlineService& service = step.sheet->online_services[join.index];
      if (!service.url.empty() && service.validity.holds(view.day())) online.insert(join.key);
    }
  }
  for (const CatalogueEntry& entry : catalogue.entries()) {
    if (entry.heading) continue;
    const bool is_online = online.contains(entry.key);
    std::uint32_t topics = 0;
    for (std::size_t situation : entry.situations) {
      ++answer.situations[situation].services;
      answer.situations[situation].online += is_online;
      topics |= 1U << catalogue.situations()[situation].topic;
    }
    for (std::size_t topic = 0; topic < answer.topics.size(); ++topic) {
      if ((topics >> topic & 1U) == 0) continue;
      ++answer.topics[topic].services;
      answer.topics[topic].online += is_online;
    }
  }
  return answer;
}

PlacesAnswer SearchEngine::places(std::string_view text, std::size_t limit) {
  IndexReader reader = index_.reader();
  const auto lens = lens_of(reader);
  auto places = lens->places.beginning_with(text, limit);
  return {std::move(places), std::move(reader)};
}

}  // namespace vsm
